import { SignJWT } from 'jose'
import { type Moment, SECOND, toSeconds } from '../../clock/moment.ts'
import type { AccessTokenClaims } from '../../protocol/access-token.ts'
import type { TokenResponse } from '../../protocol/tokens.ts'
import { absoluteEndsAt } from '../lifetimes.ts'
import type { Account, Membership, Session } from '../store/records.ts'
import { newId } from './secret.ts'
import type { SigningKeys } from './signing-keys.ts'

/** What an access token says, read afresh from the store at each refresh (DESIGN §5). */
export interface AccessTokenSubject {
  readonly session: Pick<
    Session,
    'id' | 'userId' | 'clientId' | 'deviceId' | 'jkt' | 'authTime' | 'createdAt' | 'absolute'
  >
  readonly account: Account
  readonly membership: Membership
}

export interface IssuedAccessToken {
  readonly jwt: string
  readonly id: string
  /** Whole seconds: what the token itself says. */
  readonly issuedAt: Moment
  readonly endsAt: Moment
}

export interface AccessTokenIssuer {
  readonly url: string
  readonly audience: string
  readonly accessLife: number
  readonly keys: SigningKeys
}

/** Signs an access token (RFC 9068). It never outlives the session's absolute end. */
export async function issueAccessToken(
  issuer: AccessTokenIssuer,
  subject: AccessTokenSubject,
  now: Moment,
): Promise<IssuedAccessToken> {
  const id = newId('at')
  const iat = toSeconds(now)
  const exp = toSeconds(Math.min(now + issuer.accessLife, absoluteEndsAt(subject.session)))
  const claims = claimsOf(issuer, subject, { id, iat, exp })
  const { kid, privateKey } = issuer.keys.signer(now)
  const jwt = await new SignJWT({ ...claims })
    .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid })
    .sign(privateKey)
  return { jwt, id, issuedAt: iat * SECOND, endsAt: exp * SECOND }
}

function claimsOf(
  issuer: AccessTokenIssuer,
  { session, account, membership }: AccessTokenSubject,
  { id, iat, exp }: { id: string; iat: number; exp: number },
): AccessTokenClaims {
  return {
    iss: issuer.url,
    sub: session.userId,
    aud: issuer.audience,
    client_id: session.clientId,
    iat,
    exp,
    jti: id,
    sid: session.id,
    auth_time: toSeconds(session.authTime),
    ...(session.jkt === null ? {} : { cnf: { jkt: session.jkt } }),
    ...(session.deviceId === null ? {} : { device_id: session.deviceId }),
    account: accountClaim(account, membership),
    subscription: subscriptionClaim(account),
  }
}

export const accountClaim = (account: Account, membership: Membership) => ({
  id: account.id,
  name: account.name,
  role: membership.role,
})

export const subscriptionClaim = ({ subscription }: Account) => ({
  id: subscription.id,
  plan: subscription.plan,
  status: subscription.status,
  trial_ends_at: subscription.trialEndsAt === null ? null : toSeconds(subscription.trialEndsAt),
  period_ends_at: subscription.periodEndsAt === null ? null : toSeconds(subscription.periodEndsAt),
})

/** The answer of `/token` and `/refresh`. */
export const tokenResponse = (
  session: Pick<Session, 'id' | 'jkt'>,
  access: IssuedAccessToken,
  refreshToken: string | undefined,
): TokenResponse => ({
  access_token: access.jwt,
  token_type: session.jkt === null ? 'Bearer' : 'DPoP',
  expires_in: toSeconds(access.endsAt - access.issuedAt),
  ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  issued_at: toSeconds(access.issuedAt),
  session_id: session.id,
})
