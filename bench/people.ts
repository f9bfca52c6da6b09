import { DAY, type Moment, toSeconds } from '../clock/moment.ts'
import type { Account, Device, Membership, Session, User } from '../idp/store/records.ts'
import { membershipId } from '../idp/store/records.ts'
import { formatRefreshToken, newRefreshSecret, newSessionId } from '../idp/tokens/refresh-token.ts'
import { hashOf } from '../idp/tokens/secret.ts'

/** Somebody with an account. */
export interface Person {
  readonly user: User
  readonly account: Account
  readonly membership: Membership
}

/** Always the same for a number. */
export function person(number: number, now: Moment): Person {
  const digits = String(number).padStart(22, '0')
  const user: User = {
    id: `usr_${digits}`,
    identities: [{ issuer: 'http://localhost:9/', subject: `person-${number}` }],
    name: `Person ${number}`,
    email: `person-${number}@example.test`,
    createdAt: now,
    signIns: 1,
    deleted: null,
    allEnded: null,
    loginsDisabled: null,
  }
  const account: Account = {
    id: `acc_${digits}`,
    name: `Account ${number}`,
    createdAt: now,
    subscription: {
      id: `sub_${digits}`,
      plan: 'pro',
      status: 'active',
      trialEndsAt: null,
      periodEndsAt: now + 30 * DAY,
    },
    closed: null,
  }
  const membership: Membership = {
    id: membershipId(user.id, account.id),
    userId: user.id,
    accountId: account.id,
    role: 'owner',
    since: now,
  }
  return { user, account, membership }
}

/** A session as a sign-in of that person on that device makes it, and its refresh token. */
export function session(
  device: Pick<Device, 'id' | 'jkt'>,
  { user, account }: Person,
  now: Moment,
): { readonly session: Session; readonly refreshToken: string } {
  const secret = newRefreshSecret()
  const session: Session = {
    id: newSessionId(),
    clientId: 'latchkey-desktop',
    userId: user.id,
    accountId: account.id,
    deviceId: device.id,
    jkt: device.jkt,
    authTime: now,
    createdAt: now,
    refreshedAt: now,
    idle: 14 * DAY,
    absolute: 180 * DAY,
    purge: { outcome: 'proven', answer: 'login_required', at: toSeconds(now) },
    tokens: { current: hashOf(secret), confirmed: false, previous: null, displaced: [] },
    cookieHash: null,
    accessTokenId: 'at_none',
    accessEndsAt: now,
    ended: null,
  }
  return { session, refreshToken: formatRefreshToken({ sessionId: session.id, secret }) }
}
