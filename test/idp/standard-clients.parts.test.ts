import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD } from '../../playground/people.ts'
import { ScriptedBrowser } from '../../playground/stories/browser.ts'
import { World } from '../../playground/world.ts'
import { bundlePrograms, type Programs } from '../support/programs.ts'

/**
 * Clients that we did not write, unmodified, against the real site and the real provider: what a
 * developer does who brings their own.
 */
let programs: Programs
let world: World
const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-clients-'))

beforeAll(async () => {
  programs = await bundlePrograms()
  world = new World({ ports: 'free', data: folder, programs: programs.folder, died: () => {} })
  await world.start()
})

afterAll(async () => {
  await world.stop()
  programs.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** A loopback receiver on any port, as RFC 8252 §7.3 has it; gives the address that came back. */
async function receiver(): Promise<{
  redirectUri: string
  cameBack: Promise<URL>
  close: () => void
}> {
  const { promise, resolve } = withResolvers<URL>()
  const server = createServer((request, response) => {
    response.end('<!doctype html><title>Back</title><main>Back in the app</main>')
    resolve(new URL(request.url ?? '', redirectUri))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return { redirectUri, cameBack: promise, close: () => void server.close() }
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** The person: alice, who has one account and so nothing to choose. */
async function browse(url: string): Promise<void> {
  const page = await new ScriptedBrowser().open(url)
  expect(page.asksForPassword).toBe(true)
  await page.submit('Sign in', { email: 'alice@example.test', password: PASSWORD })
}

const discover = () =>
  client.discovery(new URL(world.addresses.site), 'latchkey-desktop', undefined, client.None(), {
    algorithm: 'oauth2',
    execute: [client.allowInsecureRequests],
  })

/** As far as the code, and what it takes to redeem it. */
async function authorized(config: client.Configuration, more: Record<string, string> = {}) {
  const { redirectUri, cameBack, close } = await receiver()
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState()
  const to = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    ...more,
  })
  await browse(to.href)
  const callback = await cameBack
  close()
  return { callback, checks: { pkceCodeVerifier, expectedState } }
}

test('an answer that says it is from elsewhere is refused by both, unmodified; so is one that does not say', async () => {
  const config = await discover()
  const server = config.serverMetadata() as oauth.AuthorizationServer
  const app: oauth.Client = { client_id: 'latchkey-desktop' }
  const { callback, checks } = await authorized(config)
  const changed = (change: (query: URLSearchParams) => void) => {
    const url = new URL(callback)
    change(url.searchParams)
    return url
  }
  for (const wrong of [
    changed((query) => query.set('iss', 'http://127.0.0.1:1')),
    changed((query) => query.set('iss', `${server.issuer}/`)),
    changed((query) => query.delete('iss')),
    changed((query) => query.set('state', 'other')),
  ]) {
    expect(() => oauth.validateAuthResponse(server, app, wrong, checks.expectedState)).toThrow()
    await expect(client.authorizationCodeGrant(config, wrong, checks)).rejects.toThrow()
  }
  // Nothing of all that used the code up.
  expect(await client.authorizationCodeGrant(config, callback, checks)).toMatchObject({
    token_type: 'bearer',
  })
})

test('bad news is understood by both: the error, with iss and state', async () => {
  const config = await discover()
  const server = config.serverMetadata() as oauth.AuthorizationServer
  const to = client.buildAuthorizationUrl(config, {
    redirect_uri: 'http://127.0.0.1:5000/callback',
    state: 'st',
  })
  // No challenge was sent: refused, and told to the client.
  const answer = await fetch(to, { redirect: 'manual' })
  const callback = new URL(answer.headers.get('location') ?? '')
  expect(callback.searchParams.get('iss')).toBe(server.issuer)
  const app: oauth.Client = { client_id: 'latchkey-desktop' }
  expect(() => oauth.validateAuthResponse(server, app, callback, 'st')).toThrow(
    expect.objectContaining({ error: 'invalid_request' }),
  )
  await expect(
    client.authorizationCodeGrant(config, callback, { expectedState: 'st' }),
  ).rejects.toMatchObject({ error: 'invalid_request' })
})

describe('openid-client', () => {
  test('a day later its nonce is old: it is given another and goes on; a copied token is told why it ended', async () => {
    const config = await discover()
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const jkt = await DPoP.calculateThumbprint()
    const { callback, checks } = await authorized(config, { dpop_jkt: jkt })
    const first = await client.authorizationCodeGrant(config, callback, checks, undefined, { DPoP })
    const refresh = (token: string | undefined, by = DPoP) =>
      client.refreshTokenGrant(config, token ?? '', undefined, { DPoP: by })
    const ahead = await fetch(`${world.addresses.console}/clock/advance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: '1d' }),
    })
    expect(ahead.status).toBe(200)
    const second = await refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)

    const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    await expect(refresh(second.refresh_token, thief)).rejects.toMatchObject({
      error: 'invalid_grant',
      cause: { reason: 'device_mismatch' },
    })
    await expect(refresh(second.refresh_token)).rejects.toMatchObject({
      error: 'invalid_grant',
      cause: { reason: 'device_mismatch' },
    })
  })

  test('discovers, authorizes with PKCE and DPoP, exchanges, refreshes, uses and revokes', async () => {
    const { site } = world.addresses
    const config = await client.discovery(
      new URL(site),
      'latchkey-desktop',
      undefined,
      client.None(),
      {
        algorithm: 'oauth2',
        execute: [client.allowInsecureRequests],
      },
    )
    const keys = await client.randomDPoPKeyPair('ES256')
    const DPoP = client.getDPoPHandle(config, keys)
    const { redirectUri, cameBack, close } = await receiver()
    const codeVerifier = client.randomPKCECodeVerifier()
    const state = client.randomState()
    const to = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      dpop_jkt: await DPoP.calculateThumbprint(),
    })
    await browse(to.href)
    const callback = await cameBack
    close()
    // The standard's own check of `iss` (RFC 9207) is part of this call.
    const tokens = await client.authorizationCodeGrant(
      config,
      callback,
      { pkceCodeVerifier: codeVerifier, expectedState: state },
      undefined,
      { DPoP },
    )
    expect(tokens.token_type).toBe('dpop')
    expect(tokens.refresh_token).toMatch(/^lkr_[\w-]{71}$/)

    const refreshed = await client.refreshTokenGrant(
      config,
      tokens.refresh_token ?? '',
      undefined,
      { DPoP },
    )
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)

    const me = await client.fetchProtectedResource(
      config,
      refreshed.access_token,
      new URL(`${site}/me`),
      'GET',
      undefined,
      undefined,
      { DPoP },
    )
    const told = (await me.json()) as {
      user: { email: string }
      device: { platform: string }
      session: { purge: { outcome: string } }
    }
    expect(told.user.email).toBe('alice@example.test')
    expect(told.device.platform).toBe('unknown')
    expect(told.session.purge.outcome).toBe('proven')

    await client.tokenRevocation(config, refreshed.refresh_token ?? '')
    await expect(
      client.refreshTokenGrant(config, refreshed.refresh_token ?? '', undefined, { DPoP }),
    ).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('without a key there is an access token, and nothing that could be kept alive', async () => {
    const { site } = world.addresses
    const config = await client.discovery(
      new URL(site),
      'latchkey-desktop',
      undefined,
      client.None(),
      {
        algorithm: 'oauth2',
        execute: [client.allowInsecureRequests],
      },
    )
    const { redirectUri, cameBack, close } = await receiver()
    const codeVerifier = client.randomPKCECodeVerifier()
    const to = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    })
    await browse(to.href)
    const tokens = await client.authorizationCodeGrant(config, await cameBack, {
      pkceCodeVerifier: codeVerifier,
    })
    close()
    expect([tokens.token_type, tokens.refresh_token]).toEqual(['bearer', undefined])
  })
})

describe('oauth4webapi', () => {
  test('the same, one message at a time: discovery, PKCE, DPoP with nonces, refresh, revocation', async () => {
    const issuer = new URL(world.addresses.site)
    const insecure = { [oauth.allowInsecureRequests]: true } as const
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }),
    )
    const app: oauth.Client = { client_id: 'latchkey-desktop' }
    const DPoP = oauth.DPoP(app, await oauth.generateKeyPair('ES256'))
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const { redirectUri, cameBack, close } = await receiver()
    const to = new URL(server.authorization_endpoint ?? '')
    to.search = new URLSearchParams({
      client_id: app.client_id,
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      dpop_jkt: await DPoP.calculateThumbprint(),
    }).toString()
    await browse(to.href)
    const parameters = oauth.validateAuthResponse(server, app, await cameBack, state)
    close()

    const exchange = async () =>
      oauth.processAuthorizationCodeResponse(
        server,
        app,
        await oauth.authorizationCodeGrantRequest(
          server,
          app,
          oauth.None(),
          parameters,
          redirectUri,
          verifier,
          { DPoP, ...insecure },
        ),
      )
    const tokens = await exchange().catch((error) => {
      // RFC 9449 §8: the first proof can't know the nonce.
      if (!oauth.isDPoPNonceError(error)) throw error
      return exchange()
    })
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      app,
      await oauth.refreshTokenGrantRequest(server, app, oauth.None(), tokens.refresh_token ?? '', {
        DPoP,
        ...insecure,
      }),
    )
    const claims = await oauth.validateJwtAccessToken(
      server,
      new Request(`${issuer.origin}/me`, {
        headers: {
          authorization: `DPoP ${refreshed.access_token}`,
          dpop: await proofFor(refreshed.access_token),
        },
      }),
      issuer.origin,
      { ...insecure },
    )
    expect(claims.sub).toMatch(/^usr_/)
    expect(claims.client_id).toBe('latchkey-desktop')
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(
        server,
        app,
        oauth.None(),
        refreshed.refresh_token ?? '',
        insecure,
      ),
    )

    /** The proof that this library makes for a resource, taken from the request that it would send. */
    async function proofFor(accessToken: string): Promise<string> {
      let proof = ''
      await oauth
        .protectedResourceRequest(
          accessToken,
          'GET',
          new URL(`${issuer.origin}/me`),
          undefined,
          undefined,
          {
            DPoP,
            ...insecure,
            [oauth.customFetch]: async (_url, init) => {
              proof = new Headers(init.headers).get('dpop') ?? ''
              return new Response()
            },
          },
        )
        .catch(() => {})
      return proof
    }
  })
})
