import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD } from '../../playground/people.ts'
import { ScriptedBrowser } from '../../playground/story/browser.ts'
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

describe('openid-client', () => {
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
