import type { Context } from 'koa'
import type { AccessTokenClaims } from '../../protocol/access-token.ts'
import { type CheckedProof, checkProof } from '../../protocol/dpop/check.ts'
import { checkResourceRequest } from '../../protocol/resource.ts'
import type { Site } from '../site.ts'

/** All values of the `DPoP` header: joined, two of them would look like one. */
const proofs = (ctx: Context): readonly string[] => ctx.req.headersDistinct.dpop ?? []

/** The address as the outside world sees it: what a proof's `htu` must name. */
const address = (site: Site, ctx: Context): string => site.settings.url + ctx.path

export const hasProof = (ctx: Context): boolean => proofs(ctx).length > 0

/** @throws LatchkeyError `invalid_dpop_proof` or `use_dpop_nonce` */
export const requireProof = (site: Site, ctx: Context): Promise<CheckedProof> =>
  checkProof({
    headers: proofs(ctx),
    method: ctx.method,
    url: address(site, ctx),
    now: site.clock.now(),
    nonces: site.nonces,
    seen: site.seen,
  })

/** @throws LatchkeyError `invalid_token`, `invalid_dpop_proof` or `use_dpop_nonce` */
export const requireAccessToken = (site: Site, ctx: Context): Promise<AccessTokenClaims> =>
  checkResourceRequest(
    {
      method: ctx.method,
      url: address(site, ctx),
      authorization: ctx.req.headers.authorization,
      proofs: proofs(ctx),
    },
    {
      issuer: site.settings.url,
      audience: site.settings.audience,
      keys: site.keys.verifyKeys,
      now: site.clock.now(),
      nonces: site.nonces,
      seen: site.seen,
    },
  )
