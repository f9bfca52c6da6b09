import { type By, byPerson } from '../../../idp/audit/by.ts'
import type { OutboxEvent, Session } from '../../../idp/store/records.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import type { Reason } from '../../../protocol/reasons.ts'
import { SignInSteps, startScriptedSite, TestBrowser } from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import { ADA, makeCode, type RunningSite } from '../../support/site.ts'

/** Ada, from a session that is none of the tests'. */
export const byAda: By = byPerson({ id: 'ses_none', userId: ADA.user.id }, null)

const outboxes = new WeakMap<RunningSite, OutboxEvent[]>()

/** A site whose every event is noted as it is written. */
export async function startHeardSite(environment: Readonly<Record<string, string>> = {}) {
  const { site, provider } = await startScriptedSite(environment)
  const events: OutboxEvent[] = []
  const commit = site.store.commit.bind(site.store)
  site.store.commit = async (writes, expected) => {
    const done = await commit(writes, expected)
    const puts = writes.flatMap((write) =>
      done && write.table === 'event' && 'put' in write ? [write.put] : [],
    )
    events.push(...puts)
    return done
  }
  outboxes.set(site, events)
  return { site, provider }
}

/** Every event that the site wrote to its outbox so far. */
export const eventsOf = (site: RunningSite): readonly OutboxEvent[] => [
  ...(outboxes.get(site) ?? []),
]

/** Reason and actor of each event of a session: one, if all is well. */
export const toldOf = (events: readonly OutboxEvent[], sessionId: string): readonly string[] =>
  events.flatMap(({ payload: { type, data } }) =>
    type === 'session.ended' && data.session_id === sessionId
      ? `${data.reason} by ${data.actor}`
      : [],
  )

export async function sessionOf({ store }: RunningSite, id: string): Promise<Session> {
  const session = await store.session(id)
  if (!session) throw new Error(`There is no session ${id}.`)
  return session
}

export const reasonOf = async (site: RunningSite, id: string): Promise<Reason | undefined> =>
  (await sessionOf(site, id)).ended?.reason

/** A device of Ada's that is signed in. */
export async function signedIn(site: RunningSite) {
  const device = await TestDevice.make(site)
  return { device, tokens: await device.signIn(site) }
}

/** A device of Ada's that holds a code and has not redeemed it. */
export async function aboutToSignIn(site: RunningSite) {
  const device = await TestDevice.make(site)
  const { code, codeVerifier, redirectUri } = await makeCode(site, { jkt: await device.jkt() })
  return () =>
    device.post('/token', {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
      code,
    })
}

/** Ada, signed in on the site itself. */
export async function browserOf(site: RunningSite) {
  const browser = new TestBrowser(site)
  const answer = await new SignInSteps(browser, {}).all()
  const cookie = browser.jar.get('__Host-latchkey-session') ?? ''
  const session = await site.store.sessionByCookie(hashOf(cookie))
  if (!session) throw new Error(`Nobody was signed in: ${answer.status} ${answer.body}`)
  return { browser, session }
}
