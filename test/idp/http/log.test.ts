import { expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from '../../../clock/moment.ts'
import { webCryptoDeviceKey } from '../../../protocol/dpop/key.ts'
import { createProof } from '../../../protocol/dpop/proof.ts'
import {
  callback,
  REDIRECT_URI,
  SignInSteps,
  startScriptedSite,
  TestBrowser,
  whereTo,
} from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import { FORM, send } from '../../support/request.ts'
import { PROVIDER } from '../../support/site.ts'

/** What every secret of ours begins with, and every JWT: tokens, proofs, ID tokens. */
const PREFIXES = ['lkr_', 'lkc_', 'lkw_', 'eyJ', 'whsec_']

test('at LOG_LEVEL=debug, a whole life with all its failures leaves no secret in the log', async () => {
  const { site, provider } = await startScriptedSite({ LOG_LEVEL: 'debug' })
  try {
    const secrets = new Map<string, string>([
      ['client secret', PROVIDER.client_secret],
      ['ID token', provider.idToken],
      ['provider’s code', 'provider-code'],
    ])
    const keep = (name: string, secret: string | null | undefined) => {
      if (!secret || secret.length < 5) throw new Error(`The test saw no ${name}.`)
      secrets.set(`${name} ${secrets.size}`, secret)
      return secret
    }

    // A sign-in, with everything that goes through the browser.
    const browser = new TestBrowser(site)
    const signIn = new SignInSteps(browser)
    keep('state', signIn.state)
    keep('verifier', signIn.codeVerifier)
    const started = keep('provider state', await signIn.start())
    const logout = keep('logout state', await signIn.return(started))
    const probe = keep('probe state', await signIn.purged(logout))
    const code = keep('code', whereTo(await signIn.probed(probe)).searchParams.get('code'))
    for (const request of provider.requests) {
      keep('nonce', request.nonce)
      keep('provider verifier', request.codeVerifier)
    }
    for (const cookie of browser.jar.values()) keep('cookie', cookie)
    await browser.get(callback({ state: started, code: 'provider-code' }))
    await signIn.start().then((state) => browser.get(callback({ state, error: `lkr_${code}` })))
    provider.says = () => {
      throw Object.assign(new Error(`bad ${provider.idToken}`), { cause: provider.idToken })
    }
    await signIn.start().then((state) => browser.get(callback({ state, code: 'provider-code' })))
    provider.says = (identity) => identity
    await new SignInSteps(browser, {}).all()
    for (const cookie of browser.jar.values()) keep('web cookie', cookie)
    await browser.post('/signout', {})

    // A session, with its replays, theft and end.
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
    ])
    const key = webCryptoDeviceKey(pair)
    const proof = keep(
      'proof',
      await createProof(key, {
        method: 'POST',
        url: `${site.url}/token`,
        now: site.clock.now(),
        nonce: site.site.nonces.issue(site.clock.now()),
      }),
    )
    const form = {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: REDIRECT_URI,
      code_verifier: signIn.codeVerifier,
      code,
    }
    const post = (path: string, body: Record<string, string>, headers = {}) =>
      send(site.url, {
        method: 'POST',
        path,
        headers: { 'content-type': FORM, ...headers },
        body: String(new URLSearchParams(body)),
      })
    const attempt = keep('attempt', 'attempt-of-the-exchange')
    const exchanged = await post('/token', form, { dpop: proof, 'idempotency-key': attempt })
    const tokens = JSON.parse(exchanged.body)
    const refreshToken = keep('refresh token', tokens.refresh_token)
    keep('access token', tokens.access_token)
    await post('/token', form, { dpop: proof })
    await post('/token', { ...form, code_verifier: 'v'.repeat(43) })
    const device = await TestDevice.make(site)
    const mine = await device.signIn(site)
    const next = await device.refresh(keep('refresh token', mine.refresh_token), 'same-attempt')
    await device.refresh(mine.refresh_token, 'same-attempt')
    await device.get('/me', keep('access token', String(next.body.access_token)))
    await device.get('/me', `${next.body.access_token}x`)
    const newest = keep('refresh token', String(next.body.refresh_token))
    await device.refresh(newest.slice(0, -1))
    await (await TestDevice.make(site)).refresh(newest)
    await device.refresh(newest)
    const other = await device.signIn(site)
    await device.refresh(keep('refresh token', other.refresh_token))
    site.clock.advance(11 * SECOND)
    await device.post('/revoke', { client_id: 'latchkey-desktop', token: other.refresh_token })
    await device.post('/revoke', { client_id: 'latchkey-desktop', token: other.access_token })

    // Secrets in places where they don't belong.
    for (const secret of [refreshToken, code, tokens.access_token, proof]) {
      await send(site.url, { path: `/${secret}` })
      await send(site.url, { path: `/signin/${secret}` })
      await send(site.url, {
        path: `/me?access_token=${secret}`,
        headers: { authorization: `Bearer ${secret}` },
      })
      await send(site.url, {
        method: 'POST',
        path: '/token',
        headers: { 'content-type': `text/${secret.slice(0, 40)}` },
        body: secret,
      })
      await send(site.url, {
        method: 'POST',
        path: '/token',
        headers: { 'content-type': 'application/json' },
        body: `{"${secret}`,
      })
    }
    site.clock.advance(15 * DAY + HOUR)
    await site.due.run()

    const log = site.log()
    for (const said of [
      'signed in',
      'session ended',
      'refresh replayed',
      'request',
      'turned away|provider refused',
      'failed our checks',
    ]) {
      expect(log).toMatch(new RegExp(said))
    }
    for (const prefix of PREFIXES) expect(log).not.toContain(prefix)
    for (const [name, secret] of secrets) expect(log.includes(secret), name).toBe(false)
  } finally {
    await site.close()
  }
})
