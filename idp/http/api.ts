import Router from '@koa/router'
import type { Context } from 'koa'
import { type Duration, MINUTE, toSeconds } from '../../clock/moment.ts'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { DeviceRegistration } from '../../protocol/devices.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { type ClientId, isClientId } from '../clients.ts'
import { registerDevice } from '../devices.ts'
import { redeem } from '../sessions/redemption.ts'
import { refresh } from '../sessions/refresh.ts'
import { revoke } from '../sessions/revocation.ts'
import { one } from '../sign-in/request.ts'
import type { Site } from '../site.ts'
import { readAttempt, readForm, readJson, required } from './body.ts'
import { metadata } from './metadata.ts'
import { hasProof, requireProof } from './proof.ts'
import { limitSession } from './rate-limited.ts'

/**
 * How long a service may go by its copy of our keys: so long can a withdrawn one still be believed. A
 * new key is published much earlier before it signs.
 */
const KEPT_KEYS: Duration = 10 * MINUTE

/** What clients call: JSON out, errors as of RFC 6749 §5.2. */
export function apiRoutes(site: Site): Router {
  const routes = new Router()

  routes.get(ADDRESSES.metadata, (ctx) => {
    ctx.body = metadata(site.settings)
  })

  routes.get(ADDRESSES.jwks, (ctx) => {
    // The one answer that others may keep, and so the one that must not carry a nonce.
    ctx.set('Cache-Control', `public, max-age=${toSeconds(KEPT_KEYS)}`)
    ctx.remove('DPoP-Nonce')
    ctx.type = 'application/jwk-set+json'
    ctx.body = JSON.stringify(site.keys.published)
  })

  routes.post(ADDRESSES.devices, async (ctx) => {
    const told = readJson(ctx, DeviceRegistration)
    const key = await requireProof(site, ctx)
    ctx.status = 201
    ctx.body = await registerDevice(site, key, told)
  })

  routes.post(ADDRESSES.token, async (ctx) => {
    const form = readForm(ctx)
    switch (required(form, 'grant_type')) {
      case 'authorization_code':
        ctx.body = await exchange(site, ctx, form)
        break
      case 'refresh_token':
        ctx.body = await rotate(site, ctx, form)
        break
      default:
        throw new LatchkeyError(
          'unsupported_grant_type',
          'Use grant_type=authorization_code or grant_type=refresh_token.',
        )
    }
  })

  routes.post(ADDRESSES.refresh, async (ctx) => {
    const form = readForm(ctx)
    if ((one(form, 'grant_type') ?? 'refresh_token') !== 'refresh_token') {
      throw new LatchkeyError(
        'unsupported_grant_type',
        'Here, grant_type is refresh_token or left out.',
      )
    }
    ctx.body = await rotate(site, ctx, form)
  })

  routes.post(ADDRESSES.revoke, async (ctx) => {
    const form = readForm(ctx)
    const token = required(form, 'token')
    await revoke(site, token, readClient(ctx, form), ctx.ip)
    ctx.body = {}
  })

  routes.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' }
  })

  routes.get('/readyz', async (ctx) => {
    // A store that stopped refuses to be read, which ends up as a 5xx.
    await site.store.session('readyz')
    ctx.body = { status: 'ready' }
  })

  return routes
}

async function exchange(site: Site, ctx: Context, form: URLSearchParams) {
  const request = {
    code: required(form, 'code'),
    clientId: readClient(ctx, form),
    redirectUri: required(form, 'redirect_uri'),
    codeVerifier: readVerifier(form),
    attempt: readAttempt(ctx),
  }
  const proof = hasProof(ctx) ? await requireProof(site, ctx) : undefined
  return redeem(site, { ...request, proof, address: ctx.ip })
}

async function rotate(site: Site, ctx: Context, form: URLSearchParams) {
  const request = {
    refreshToken: required(form, 'refresh_token'),
    clientId: readClient(ctx, form),
    attempt: readAttempt(ctx),
  }
  await limitSession(site, ctx, request.refreshToken)
  const { jkt } = await requireProof(site, ctx)
  return refresh(site, { ...request, jkt, address: ctx.ip })
}

/** RFC 7636 §4.1 */
function readVerifier(form: URLSearchParams): string {
  const verifier = required(form, 'code_verifier')
  if (!/^[\w.~-]{43,128}$/.test(verifier)) {
    throw new LatchkeyError('invalid_request', 'code_verifier has 43 to 128 unreserved characters.')
  }
  return verifier
}

function readClient(ctx: Context, form: URLSearchParams): ClientId {
  if (ctx.get('Authorization') !== '') {
    throw new LatchkeyError(
      'invalid_client',
      'Our clients are public: send client_id in the form and no Authorization header.',
    )
  }
  const id = required(form, 'client_id')
  if (!isClientId(id) || id === 'latchkey-web') {
    throw new LatchkeyError('invalid_client', 'This client is not known here.')
  }
  return id
}
