import type { JWTVerifyGetKey } from 'jose'
import type { Context, Middleware } from 'koa'
import type { Clock } from '../../clock/clock.ts'
import { toSeconds } from '../../clock/moment.ts'
import type { AccessTokenClaims } from '../../protocol/access-token.ts'
import { CLAIMS_CHANGED } from '../../protocol/claims-changed.ts'
import { ProofNonces } from '../../protocol/dpop/nonce.ts'
import { SeenProofs } from '../../protocol/dpop/seen.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { checkResourceRequest } from '../../protocol/resource.ts'
import type { Memory } from './memory.ts'

export interface GuardOptions {
  readonly clock: Clock
  /** This service's address as callers see it: proofs are made for it (`htu`). */
  readonly url: string
  /** The site whose tokens are taken, and the audience that they must be for. */
  readonly issuer: string
  readonly audience: string
  /** The issuer's signing keys. */
  readonly keys: JWTVerifyGetKey
  /** What the site has told of tokens that verify. */
  readonly memory: Memory
  /** Resolves when everything that the site has told is known here. */
  readonly ready: () => Promise<void>
}

/** What a guarded handler finds in `context.state`. */
export interface Guarded {
  claims: AccessTokenClaims
}

/**
 * Lets a request pass that brings an access token of ours, a fresh proof of the key that the token
 * is bound to (RFC 9449 §7), and whose session has not ended. Everything else is answered with 401, a
 * challenge and the reason; and everyone with 503 while this service doesn't know who was revoked.
 */
export function guard(options: GuardOptions): Middleware<Guarded> {
  const { clock, url, issuer, audience, keys, memory, ready } = options
  const nonces = new ProofNonces()
  const seen = new SeenProofs()
  return async (context, next) => {
    // On every answer, so that a client always holds a fresh one (RFC 9449 §8.2).
    context.set('DPoP-Nonce', nonces.issue(clock.now()))
    context.set('Cache-Control', 'no-store')
    try {
      const claims = await checkResourceRequest(
        {
          method: context.method,
          // Never built from the Host header: a caller could choose it.
          url: url + context.path,
          authorization: context.headers.authorization,
          proofs: context.req.headersDistinct.dpop ?? [],
        },
        { issuer, audience, keys, now: clock.now(), nonces, seen },
      )
      // After the token: whoever has none doesn't make us ask the site.
      await ready()
      refuseRevoked(claims, memory)
      const changed = memory.staleSince(claims)
      // A soft change: the request is served, and the client may refresh.
      if (changed !== undefined) context.set(CLAIMS_CHANGED, String(toSeconds(changed)))
      context.state.claims = claims
    } catch (error) {
      if (error instanceof LatchkeyError && error.status < 500) challenge(context, error)
      throw error
    }
    await next()
  }
}

function refuseRevoked(claims: AccessTokenClaims, memory: Memory): void {
  const refusal = memory.refusalOf(claims)
  if (!refusal) return
  const { reason, actor } = refusal
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
