import type { JWTVerifyGetKey } from 'jose'
import type { Context, Middleware } from 'koa'
import type { Clock } from '../../clock/clock.ts'
import type { AccessTokenClaims } from '../../protocol/access-token.ts'
import { ProofNonces } from '../../protocol/dpop/nonce.ts'
import { SeenProofs } from '../../protocol/dpop/seen.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { checkResourceRequest } from '../../protocol/resource.ts'
import type { EndedSessions } from './ended-sessions.ts'

export interface GuardOptions {
  readonly clock: Clock
  /** This service's address as callers see it: proofs are made for it (`htu`). */
  readonly url: string
  /** The site whose tokens are taken, and the audience that they must be for. */
  readonly issuer: string
  readonly audience: string
  /** The issuer's signing keys. */
  readonly keys: JWTVerifyGetKey
  readonly ended: EndedSessions
}

/** What a guarded handler finds in `context.state`. */
export interface Guarded {
  claims: AccessTokenClaims
}

/**
 * Lets a request pass that brings an access token of ours, a fresh proof of the key that the token
 * is bound to (RFC 9449 §7), and whose session has not ended. Everything else is answered with 401, a
 * challenge and the reason.
 */
export function guard(options: GuardOptions): Middleware<Guarded> {
  const { clock, url, issuer, audience, keys, ended } = options
  const nonces = new ProofNonces()
  const seen = new SeenProofs()
  return async (context, next) => {
    // On every answer, so that a client always holds a fresh one (RFC 9449 §8.2).
    context.set('DPoP-Nonce', nonces.issue(clock.now()))
    context.set('Cache-Control', 'no-store')
    try {
      context.state.claims = await checkResourceRequest(
        {
          method: context.method,
          // Never built from the Host header: a caller could choose it.
          url: url + context.path,
          authorization: context.headers.authorization,
          proofs: context.req.headersDistinct.dpop ?? [],
        },
        { issuer, audience, keys, now: clock.now(), nonces, seen },
      )
      refuseEnded(context.state.claims.sid, ended)
    } catch (error) {
      if (error instanceof LatchkeyError) challenge(context, error)
      throw error
    }
    await next()
  }
}

function refuseEnded(sessionId: string, ended: EndedSessions): void {
  const ending = ended.find(sessionId)
  if (!ending) return
  const { reason, actor } = ending
  throw new LatchkeyError('invalid_token', 'The session of this token has ended: sign in again.', {
    reason,
    actor,
  })
}

/** RFC 9449 §7.1; a request that brought no token at all gets no error code (RFC 6750 §3.1). */
function challenge(context: Pick<Context, 'headers' | 'set'>, error: LatchkeyError): void {
  const parameters = ['algs="ES256"']
  if (context.headers.authorization !== undefined) {
    const description = error.message.replaceAll('"', "'")
    parameters.unshift(`error="${error.code}"`, `error_description="${description}"`)
  }
  context.set('WWW-Authenticate', `DPoP ${parameters.join(', ')}`)
}
