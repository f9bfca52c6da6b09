import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DAY, HOUR } from '../../../clock/moment.ts'
import { closeAccount } from '../../../idp/accounts/closing.ts'
import { newDevice } from '../../../idp/devices.ts'
import { deleteUser } from '../../../idp/people/deletion.ts'
import { disableLogins } from '../../../idp/people/logins.ts'
import { endAllSessions, endOneSession, resetPassword } from '../../../idp/people/sessions.ts'
import { redeem } from '../../../idp/sessions/redemption.ts'
import { refresh } from '../../../idp/sessions/refresh.ts'
import { revoke } from '../../../idp/sessions/revocation.ts'
import { Turns } from '../../../idp/sessions/turns.ts'
import type { Site } from '../../../idp/site.ts'
import { type FileStore, openFileStore } from '../../../idp/store/file-store.ts'
import type { Session } from '../../../idp/store/records.ts'
import { formatRefreshToken } from '../../../idp/tokens/refresh-token.ts'
import { hashOf, newSecret } from '../../../idp/tokens/secret.ts'
import type { CheckedProof } from '../../../protocol/dpop/check.ts'
import { LatchkeyError } from '../../../protocol/errors.ts'
import { ADA, type RunningSite, startSite } from '../../support/site.ts'
import { FATES, FragileDisk } from '../store/fragile-disk.ts'
import { aSession } from '../store/records.ts'
import { byAda } from './person.ts'
import { scheduled } from './scheduled.ts'

// Hundreds of small lives: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const SERVICE = 'http://127.0.0.1:9/webhooks'
const CLIENT = 'latchkey-desktop'
const USER = ADA.user.id

/** Two devices of Ada's that are signed in, and a third that holds a code. */
const DEVICES = ['laptop', 'phone'] as const
type DeviceName = (typeof DEVICES)[number]

const proofOf = (name: string): CheckedProof => ({
  jkt: `jkt-${name}`.padEnd(43, '-'),
  jwk: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
})
const idOf = (name: DeviceName): string => `session-of-${name}`.padEnd(22, '-').slice(0, 22)
const SECRETS: Record<DeviceName, string> = { laptop: newSecret(), phone: newSecret() }
const tokenOf = (name: DeviceName) =>
  formatRefreshToken({ sessionId: idOf(name), secret: SECRETS[name] })
const CODE = `lkc_${newSecret()}`
const VERIFIER = newSecret()
const REDIRECT = 'http://127.0.0.1:5000/callback'

let running: RunningSite
let files: ReadonlyMap<string, Buffer>
/** Disk operations that opening takes. */
let opening = 0

const open = (disk: FragileDisk): Promise<FileStore> =>
  openFileStore('/data', { disk, log: () => {}, onFailure: () => {} })

beforeAll(async () => {
  running = await startSite({
    SERVICES: JSON.stringify([{ url: SERVICE, secret: `whsec_${'A'.repeat(32)}` }]),
  })
  const now = running.clock.now()
  const seeding = new FragileDisk()
  const store = await open(seeding)
  await store.commit([
    { table: 'user', put: ADA.user },
    { table: 'account', put: ADA.account },
    { table: 'membership', put: ADA.membership },
    ...DEVICES.flatMap((name) => {
      const proof = proofOf(name)
      const device = newDevice(proof, { name, platform: 'linux' }, now)
      const session: Session = aSession(idOf(name), {
        userId: USER,
        accountId: ADA.account.id,
        deviceId: device.id,
        jkt: proof.jkt,
        authTime: now,
        createdAt: now,
        refreshedAt: now - HOUR,
        accessEndsAt: now,
        idle: 14 * DAY,
        tokens: { current: hashOf(SECRETS[name]), confirmed: false, previous: null, displaced: [] },
      })
      return [
        { table: 'device', put: { ...device, used: true } } as const,
        { table: 'session', put: session } as const,
      ]
    }),
    {
      table: 'code',
      put: {
        id: hashOf(CODE),
        createdAt: now,
        clientId: CLIENT,
        redirectUri: REDIRECT,
        codeChallenge: hashOf(VERIFIER),
        jkt: null,
        deviceId: null,
        userId: USER,
        accountId: ADA.account.id,
        authTime: now,
        era: 0,
        purge: { outcome: 'proven', answer: 'login_required', at: 0 },
        redeemed: null,
      },
    },
  ])
  await store.close()
  files = seeding.afterPowerLoss('kept')
  const counting = new FragileDisk(files)
  await (await open(counting)).close()
  opening = counting.operations
})

afterAll(() => running.close())

/** The site as it is, on that store. */
const siteOn = (store: Site['store']): Site => ({
  ...running.site,
  store,
  turns: new Turns(),
  hurry: () => {},
})

const refreshOf = (on: Site, name: DeviceName) =>
  refresh(on, {
    refreshToken: tokenOf(name),
    clientId: CLIENT,
    attempt: `attempt of ${name}`,
    jkt: proofOf(name).jkt,
    address: null,
  })

const redemptionOf = (on: Site) =>
  redeem(on, {
    code: CODE,
    clientId: CLIENT,
    redirectUri: REDIRECT,
    codeVerifier: VERIFIER,
    attempt: 'attempt of tablet',
    proof: proofOf('tablet'),
    address: null,
  })

/** Everything that may happen at once; what it is called is what ends a session by it. */
const ACTS = {
  refresh_laptop: (on: Site) => refreshOf(on, 'laptop'),
  refresh_laptop_again: (on: Site) => refreshOf(on, 'laptop'),
  refresh_phone: (on: Site) => refreshOf(on, 'phone'),
  sign_in: redemptionOf,
  revoke_laptop: (on: Site) => revoke(on, tokenOf('laptop'), CLIENT, null),
  end_phone: (on: Site) => endOneSession(on, USER, idOf('phone'), byAda),
  end_all: (on: Site) => endAllSessions(on, USER, byAda),
  reset: (on: Site) => resetPassword(on, USER, byAda),
  disable: (on: Site) => disableLogins(on, USER, 'now', byAda),
  close_account: (on: Site) => closeAccount(on, ADA.account.id, undefined, byAda),
  delete_user: (on: Site) => deleteUser(on, USER, byAda),
} as const satisfies Record<string, (on: Site) => Promise<unknown>>

type Act = keyof typeof ACTS
const ALL_ACTS = Object.keys(ACTS) as Act[]

/** Which sessions an act ends for sure once it is acknowledged. */
const ENDS: Partial<Record<Act, readonly DeviceName[]>> = {
  revoke_laptop: ['laptop'],
  end_phone: ['phone'],
  end_all: DEVICES,
  reset: DEVICES,
  disable: DEVICES,
  close_account: DEVICES,
  delete_user: DEVICES,
}

/** What came of one act, from where it was asked for. */
type Outcome =
  | { readonly act: Act; readonly kind: 'acknowledged'; readonly answer: unknown }
  | { readonly act: Act; readonly kind: 'refused' }
  /** The power went before anybody knew. */
  | { readonly act: Act; readonly kind: 'unknown' }

async function ask(on: Site, act: Act): Promise<Outcome> {
  try {
    return { act, kind: 'acknowledged', answer: await ACTS[act](on) }
  } catch (error) {
    return { act, kind: error instanceof LatchkeyError ? 'refused' : 'unknown' }
  }
}

/** Everything that is told of a session: events, their deliveries and lines of the audit log. */
async function told(store: FileStore, id: string) {
  const events = (await store.eventsAfter(0, 100)).filter(
    ({ payload }) => payload.type === 'session.ended' && payload.data.session_id === id,
  )
  const deliveries = await Promise.all(events.map((event) => store.deliveriesOfEvent(event.id)))
  const lines = await store.audit({ userId: USER, limit: 100 })
  return {
    reasons: events.map(({ payload }) => 'reason' in payload.data && payload.data.reason),
    deliveries: deliveries.flat().length,
    lines: lines
      .filter(({ act, sessionId }) => act === 'session_ended' && sessionId === id)
      .map(({ reason }) => reason),
  }
}

async function checkTold(store: FileStore, session: Session): Promise<void> {
  const { ended, id } = session
  const once = ended ? [ended.reason] : []
  expect(await told(store, id)).toEqual({ reasons: once, deliveries: once.length, lines: once })
}

/** What must hold after the next start, whatever the power loss met. */
async function checkAfterwards(store: FileStore, outcomes: readonly Outcome[]): Promise<void> {
  const on = siteOn(store)
  const acknowledged = new Set(
    outcomes.flatMap(({ act, kind }) => (kind === 'acknowledged' ? act : [])),
  )
  const user = await store.user(USER)
  const live = await store.liveSessionsOfUser(USER)
  // What was acknowledged is there, with everything that tells of it, and told once.
  for (const act of acknowledged) {
    for (const name of ENDS[act] ?? []) {
      expect((await store.session(idOf(name)))?.ended, `${name} after ${act}`).not.toBeNull()
    }
  }
  const account = await store.account(ADA.account.id)
  if (acknowledged.has('close_account')) expect(account?.closed).not.toBeNull()
  if (acknowledged.has('delete_user')) expect(user?.deleted).not.toBeNull()
  // Whoever is gone has no logins that could be off.
  if (acknowledged.has('disable') && !user?.deleted) {
    expect(user?.loginsDisabled?.mode).toBe('now')
  }
  if (user?.loginsDisabled || user?.deleted || account?.closed) expect(live).toEqual([])
  for (const name of DEVICES) {
    const session = await store.session(idOf(name))
    if (session) await checkTold(store, session)
  }
  // Whoever lost an answer asks again: nobody who needn't be is signed out, and an answer that was
  // given stays the answer.
  for (const name of DEVICES) {
    const session = await store.session(idOf(name))
    const again = await refreshOf(on, name).catch((error: unknown) => error)
    if (session?.ended) {
      expect(again).toMatchObject({ code: 'invalid_grant', reason: session.ended.reason })
    } else {
      expect(again).toMatchObject({ session_id: idOf(name) })
    }
    const before = outcomes.find(
      ({ act, kind }) => act === `refresh_${name}` && kind === 'acknowledged',
    )
    if (before?.kind === 'acknowledged' && !session?.ended) expect(again).toEqual(before.answer)
  }
  const signedIn = outcomes.find(({ act }) => act === 'sign_in')
  if (signedIn?.kind === 'acknowledged') {
    const again = await redemptionOf(on).catch((error: unknown) => error)
    const { session_id } = signedIn.answer as { session_id: string }
    const session = await store.session(session_id)
    if (session?.ended) expect(again).toMatchObject({ reason: session.ended.reason })
    else expect(again).toEqual(signedIn.answer)
  }
}

test('whatever happens at once, and wherever the power goes: what was acknowledged holds, all of it is told once, and whoever asks again is served', async () => {
  let losses = 0
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.uniqueArray(fc.constantFrom(...ALL_ACTS), { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom(...FATES),
      async (scheduler, acts, operations, fate) => {
        const disk = new FragileDisk(files, opening + operations)
        const store = await open(disk)
        const on = siteOn(scheduled(store, scheduler))
        const asked = Promise.all(acts.map((act) => ask(on, act)))
        await scheduler.waitFor(asked)
        const outcomes = await asked
        if (outcomes.some(({ kind }) => kind === 'unknown')) losses += 1
        const next = await open(new FragileDisk(disk.afterPowerLoss(fate)))
        await checkAfterwards(next, outcomes)
        await next.close()
      },
    ),
    { numRuns: 600, seed: 26 },
  )
  // That the power did go, and often in the middle.
  expect(losses).toBeGreaterThan(100)
})
