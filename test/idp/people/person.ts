import type { OutboxEvent, Session } from '../../../idp/store/records.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import type { Reason } from '../../../protocol/reasons.ts'
import { SignInSteps, startScriptedSite, TestBrowser } from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import { makeCode, type RunningSite } from '../../support/site.ts'

/** One service hears of everything, so that each event can be counted by its delivery. */
export const startHeardSite = () =>
  startScriptedSite({
    SERVICES: JSON.stringify([
      { url: 'http://127.0.0.1:9/webhooks', secret: `whsec_${'A'.repeat(32)}` },
    ]),
  })

/** Every event that the site wrote to its outbox so far, by way of its deliveries. */
export async function eventsOf({ store }: RunningSite): Promise<readonly OutboxEvent[]> {
  const deliveries = await store.waitingDeliveries()
  const events = await Promise.all(deliveries.map(({ eventId }) => store.event(eventId)))
  return events.filter((event): event is OutboxEvent => event !== undefined)
}

/** Reason and actor of each event of a session: one, if all is well. */
export const toldOf = (events: readonly OutboxEvent[], sessionId: string): readonly string[] =>
  events
    .filter(({ payload }) => payload.data.session_id === sessionId)
    .map(({ payload: { data } }) => `${data.reason} by ${data.actor}`)

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
