import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { byAdmin } from '../../../idp/audit/by.ts'
import { disableLogins, enableLogins } from '../../../idp/people/logins.ts'
import { endAllSessions, endOtherSessions, resetPassword } from '../../../idp/people/sessions.ts'
import { redeem } from '../../../idp/sessions/redemption.ts'
import { refresh } from '../../../idp/sessions/refresh.ts'
import type { Site } from '../../../idp/site.ts'
import { ADA, makeCode, type RunningSite, startSite } from '../../support/site.ts'
import { interrupted } from './interrupted.ts'
import { listen } from './listen.ts'
import { aboutToSignIn, byAda, reasonOf, sessionOf, signedIn } from './person.ts'
import { scheduled } from './scheduled.ts'

// Fifty rounds of real requests each: seconds, and more on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

let site: RunningSite

beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site.close())

const USER = ADA.user.id

const ENDINGS = {
  all_devices_signed_out: (on: Site) => endAllSessions(on, USER, byAda),
  password_reset: (on: Site) => resetPassword(on, USER, byAda),
  logins_disabled: (on: Site) => disableLogins(on, USER, 'now', byAda),
  signed_out_elsewhere: (on: Site) => endOtherSessions(on, USER, byAda),
} as const satisfies Record<string, (on: Site) => Promise<unknown>>

type EndingReason = keyof typeof ENDINGS
const REASONS = Object.keys(ENDINGS) as EndingReason[]

const live = async () => (await site.store.liveSessionsOfUser(USER)).map(({ id }) => id)
const enable = () => enableLogins(site.site, USER, byAdmin(null))

describe('over HTTP, fifty rounds each: one outcome, and ended stays ended', () => {
  test.each(REASONS)('refresh against %s', async (reason) => {
    for (let round = 0; round < 50; round++) {
      const { device, tokens } = await signedIn(site)
      const work = [
        () => device.refresh(tokens.refresh_token, 'x'),
        () => ENDINGS[reason](site.site),
      ]
      const [first, second] = await Promise.all(
        (round % 2 ? work : work.toReversed()).map((start) => start()),
      )
      const refreshed = (round % 2 ? first : second) as Awaited<ReturnType<typeof device.refresh>>
      expect(refreshed.status === 200 || refreshed.body.reason === reason).toBe(true)
      expect(await reasonOf(site, tokens.session_id)).toBe(reason)
      const next = refreshed.body.refresh_token ?? tokens.refresh_token
      expect((await device.refresh(String(next), 'y')).body.reason).toBe(reason)
      expect(await live()).toEqual([])
      if (reason === 'logins_disabled') await enable()
    }
  })

  test.each(REASONS)(
    'sign-in against %s: nothing that was proved before survives',
    async (reason) => {
      for (let round = 0; round < 50; round++) {
        const signIn = await aboutToSignIn(site)
        const work = [signIn, () => ENDINGS[reason](site.site)]
        const answers = await Promise.all(
          (round % 2 ? work : work.toReversed()).map((start) => start()),
        )
        const answer = (round % 2 ? answers[0] : answers[1]) as Awaited<ReturnType<typeof signIn>>
        expect(answer.status === 200 || answer.body.reason === reason).toBe(true)
        expect(await live()).toEqual([])
        if (answer.status === 200) {
          expect(await reasonOf(site, String(answer.body.session_id))).toBe(reason)
        }
        if (reason === 'logins_disabled') await enable()
      }
    },
  )

  test('refresh against “when tokens run out”: what was said to be the latest moment stays the latest', async () => {
    for (let round = 0; round < 50; round++) {
      const { device, tokens } = await signedIn(site)
      site.clock.advance(1000)
      const [, { user }] = await Promise.all([
        device.refresh(tokens.refresh_token, 'x'),
        disableLogins(site.site, USER, 'expiry', byAda),
      ])
      const { accessEndsAt } = await sessionOf(site, tokens.session_id)
      expect(user.loginsDisabled?.mode).toBe('expiry')
      const again = await device.refresh(tokens.refresh_token, 'x')
      expect(again.body.reason).toBe('logins_disabled')
      expect((await sessionOf(site, tokens.session_id)).accessEndsAt).toBe(accessEndsAt)
      await enable()
      await endAllSessions(site.site, USER, byAda)
    }
  })
})

describe('somebody comes between the decision and its commit', () => {
  test.each(REASONS)(
    'a session that begins while %s is decided ends with the others',
    async (reason) => {
      const before = await signedIn(site)
      const signIn = await aboutToSignIn(site)
      let begun = ''
      await ENDINGS[reason](
        interrupted(site, async () => {
          begun = String((await signIn()).body.session_id)
        }),
      )
      expect(await reasonOf(site, begun)).toBe(reason)
      expect(await reasonOf(site, before.tokens.session_id)).toBe(reason)
      if (reason === 'logins_disabled') await enable()
    },
  )

  test.each(REASONS)(
    'a refresh while %s is decided is not lost: services are told how long its token may be seen',
    async (reason) => {
      const { device, tokens } = await signedIn(site)
      site.clock.advance(60_000)
      let newest = 0
      await ENDINGS[reason](
        interrupted(site, async () => {
          await device.refresh(tokens.refresh_token, 'x')
          newest = (await sessionOf(site, tokens.session_id)).accessEndsAt
        }),
      )
      const { ended, accessEndsAt } = await sessionOf(site, tokens.session_id)
      expect([ended?.reason, accessEndsAt]).toEqual([reason, newest])
      if (reason === 'logins_disabled') await enable()
    },
  )
})

test('in any order of reads and writes: whoever is in afterwards proved themselves afterwards, and each session is told of once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.uniqueArray(fc.constantFrom(...REASONS), { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 0, max: 2 }),
      async (scheduler, reasons, signIns) => {
        const here = await Promise.all([signedIn(site), signedIn(site)])
        const { told, commit } = listen(site.store)
        const on: Site = { ...site.site, store: scheduled(site.store, scheduler, commit) }
        const codes = await Promise.all(
          Array.from({ length: signIns }, () => makeCode(site, { deviceId: null })),
        )
        const work: Promise<unknown>[] = [
          ...here.map(async ({ device, tokens }) =>
            refresh(on, {
              refreshToken: tokens.refresh_token,
              clientId: 'latchkey-desktop',
              attempt: 'x',
              jkt: await device.jkt(),
              address: null,
            }),
          ),
          ...codes.map(({ code, codeVerifier, redirectUri }) =>
            redeem(on, {
              code,
              codeVerifier,
              redirectUri,
              clientId: 'latchkey-desktop',
              attempt: undefined,
              proof: undefined,
              address: null,
            }),
          ),
          ...reasons.map((reason) => ENDINGS[reason](on)),
        ]
        const settled = Promise.allSettled(work)
        await scheduler.waitFor(settled)
        const outcomes = await settled
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') {
            expect(reasons).toContain((outcome.reason as { reason?: EndingReason }).reason)
          }
        }
        expect(await live()).toEqual([])
        for (const { tokens } of here) expect(told.get(tokens.session_id)).toHaveLength(1)
        for (const words of told.values()) expect(words).toHaveLength(1)
        for (const [id, [word]] of told) expect(await reasonOf(site, id)).toBe(word)
        await enable()
      },
    ),
    { numRuns: 60 },
  )
})
