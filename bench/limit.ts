import { bodyParser } from '@koa/bodyparser'
import Koa from 'koa'
import { SystemClock } from '../clock/clock.ts'
import { toHttpDate } from '../clock/moment.ts'
import { BODY_LIMIT, readForm, required } from '../idp/http/body.ts'
import { DEFAULT_LIFETIMES } from '../idp/lifetimes.ts'
import { issueAccessToken, tokenResponse } from '../idp/tokens/access-token.ts'
import {
  formatRefreshToken,
  newRefreshSecret,
  parseRefreshToken,
} from '../idp/tokens/refresh-token.ts'
import { openSigningKeys } from '../idp/tokens/signing-keys.ts'
import { ADDRESSES } from '../protocol/addresses.ts'
import { checkProof } from '../protocol/dpop/check.ts'
import { ProofNonces } from '../protocol/dpop/nonce.ts'
import { SeenProofs } from '../protocol/dpop/seen.ts'
import { toErrorBody } from '../protocol/error-body.ts'
import { LatchkeyError } from '../protocol/errors.ts'
import { makeDevice } from './devices.ts'
import { Heartbeat } from './heartbeat.ts'
import { person, session } from './people.ts'
import { deviceOf } from './seed.ts'
import { serve, surroundings } from './serve.ts'

/**
 * The limit: what a refresh can't do without, by the product's own functions. Koa reads the form,
 * checks the device proof, signs an access token and makes up a refresh token. It stores nothing,
 * decides nothing, and believes every refresh token.
 */
async function start(): Promise<void> {
  const { url, data } = surroundings()
  const clock = new SystemClock()
  const nonces = new ProofNonces()
  const seen = new SeenProofs()
  const keys = await openSigningKeys(data)
  const issuer = { url, audience: url, accessLife: DEFAULT_LIFETIMES.access, keys }
  const now = clock.now()
  const somebody = person(0, now)
  const signedIn = session(deviceOf(await makeDevice(), 0, now), somebody, now).session

  const refresh = async (ctx: Koa.Context) => {
    const form = readForm(ctx)
    const token = parseRefreshToken(required(form, 'refresh_token'))
    if (!token) throw new LatchkeyError('invalid_grant', 'This is no refresh token.')
    const { jkt } = await checkProof({
      headers: ctx.req.headersDistinct.dpop ?? [],
      method: ctx.method,
      url: url + ctx.path,
      now: clock.now(),
      nonces,
      seen,
    })
    const session = { ...signedIn, id: token.sessionId, jkt }
    const access = await issueAccessToken(issuer, { ...somebody, session }, clock.now())
    const refreshToken = formatRefreshToken({
      sessionId: token.sessionId,
      secret: newRefreshSecret(),
    })
    return tokenResponse(session, access, refreshToken)
  }

  const app = new Koa()
  app.use(async (ctx, next) => {
    ctx.set('DPoP-Nonce', nonces.issue(clock.now()))
    ctx.set('Cache-Control', 'no-store')
    ctx.set('Date', toHttpDate(clock.now()))
    try {
      await next()
    } catch (error) {
      if (!(error instanceof LatchkeyError)) throw error
      ctx.status = error.status
      ctx.body = toErrorBody(error)
    }
  })
  app.use(
    bodyParser({ enableTypes: ['json', 'form'], formLimit: BODY_LIMIT, jsonLimit: BODY_LIMIT }),
  )
  app.use(async (ctx) => {
    ctx.body = ctx.path === ADDRESSES.jwks ? keys.published : await refresh(ctx)
  })
  // Nobody asks it; but ours pays for one.
  new Heartbeat().start()
  serve('limit', url, app.callback())
}

await start()
