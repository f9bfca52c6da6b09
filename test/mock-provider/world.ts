import type { Configuration, ServerMetadata } from 'openid-client'
import { SystemClock } from '../../clock/clock.ts'
import type { Duration } from '../../clock/moment.ts'
import { shiftDate } from '../../clock/shifted-date.ts'
import type { ProviderConfigInput } from '../../mock-provider/config.ts'
import {
  DEFAULT_APPLICATION as application,
  DEFAULT_PASSWORD as password,
} from '../../mock-provider/defaults.ts'
import type { ServedPolicy } from '../../mock-provider/server.ts'
import { Browser, type Page } from './browser.ts'

// As the program does it: first the clock, then everything that reads it.
const shifted = shiftDate()
const { startInProcess } = await import('../../mock-provider/in-process.ts')
const client = await import('openid-client')

/** Lets virtual time pass, for the provider, the relying party and the browser alike. */
export const later = (by: Duration): void => shifted.setOffset(shifted.offset + by)

export const clock = new SystemClock()

export { application, password }

/** A provider on a free port, and an independent relying party (openid-client) that trusts it. */
export async function openWorld(more: Partial<ProviderConfigInput> = {}) {
  const lines: string[] = []
  const provider = await startInProcess(more, {
    clock,
    control: true,
    log: (event, details) => lines.push(JSON.stringify({ event, ...details })),
  })
  /** From the metadata, without a look at who says it: that the issuer leads there is tested elsewhere. */
  async function partyOf({ authority }: ServedPolicy): Promise<Configuration> {
    const answer = await fetch(`${authority}/v2.0/.well-known/openid-configuration`)
    const party = new client.Configuration(
      (await answer.json()) as ServerMetadata,
      application.clientId,
      application.clientSecret,
      client.ClientSecretPost(application.clientSecret),
    )
    client.allowInsecureRequests(party)
    return party
  }
  const rpFor = (wanted: (policy: ServedPolicy) => boolean) => {
    const policy = provider.policies.find(wanted)
    if (!policy) throw new Error('There is no such policy.')
    return partyOf(policy)
  }
  const rp = await rpFor(({ issuer, journey }) => issuer === provider.issuer && journey !== 'reset')
  const resetRp = await rpFor(({ journey }) => journey === 'reset')
  /** A relying party of another policy. */
  const rpOf = (id: string) => rpFor((policy) => policy.id === id)
  const redirectUri = application.redirectUris[0] ?? ''

  /** What a relying party asks, and how it takes the answer. */
  async function request(more: Record<string, string> = {}, at = rp) {
    const state = client.randomState()
    const nonce = client.randomNonce()
    const verifier = client.randomPKCECodeVerifier()
    const url = client.buildAuthorizationUrl(at, {
      redirect_uri: redirectUri,
      scope: `openid ${application.clientId}`,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    })
    const redeem = (callback: URL) =>
      client.authorizationCodeGrant(at, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
    return { url, state, redeem }
  }

  /** Begins a sign-in in a browser, or, at the other policy, a reset. */
  async function begin(browser: Browser, more: Record<string, string> = {}, at = rp) {
    const { url, state, redeem } = await request(more, at)
    const page = await browser.get(url)
    return { page, state, redeem: (callback: Page) => redeem(callback.url) }
  }

  /** Signs somebody in with a password, whatever session there was. */
  async function signIn(browser: Browser, email: string, more: Record<string, string> = {}) {
    const { page, redeem } = await begin(browser, { prompt: 'login', ...more })
    const callback = await browser.submit(page, { email, password })
    const tokens = await redeem(callback)
    const claims = tokens.claims()
    if (!claims) throw new Error('There was no ID token.')
    return { callback, tokens, claims, redeem }
  }

  const beginReset = (browser: Browser, more: Record<string, string> = {}) =>
    begin(browser, more, resetRp)

  /** The code in the newest mail to this address. */
  async function mailedCode(email: string): Promise<string> {
    const answer = await fetch(`${provider.url}/control/mails`)
    const mails = (await answer.json()) as { to: string; code: string }[]
    return mails.find(({ to }) => to === email)?.code ?? 'no mail'
  }

  /** What `prompt=none` answers: `code`, or the error. */
  async function probe(browser: Browser, more: Record<string, string> = {}): Promise<string> {
    const { page } = await begin(browser, { prompt: 'none', ...more })
    return page.url.searchParams.get('error') ?? (page.url.searchParams.has('code') ? 'code' : '')
  }

  return {
    ...provider,
    /** As the provider has them: who is taken out is no longer there. */
    lines,
    rp,
    resetRp,
    rpOf,
    request,
    begin,
    beginReset,
    mailedCode,
    signIn,
    probe,
    browser: () => new Browser(provider.url),
    logoutUrl: (parameters: Record<string, string>) => client.buildEndSessionUrl(rp, parameters),
  }
}
