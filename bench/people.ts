import { DAY, type Moment } from '../clock/moment.ts'
import { newDevice } from '../idp/devices.ts'
import type { Account, Membership, Session, User } from '../idp/store/records.ts'
import { membershipId } from '../idp/store/records.ts'
import type { Write } from '../idp/store/store.ts'
import { formatRefreshToken, newRefreshSecret, newSessionId } from '../idp/tokens/refresh-token.ts'
import { hashOf } from '../idp/tokens/secret.ts'
import type { BenchDevice } from './devices.ts'

/** Somebody with an account, signed in on one device. */
export interface SignedIn {
  readonly session: Session
  readonly account: Account
  readonly membership: Membership
  readonly refreshToken: string
  /** What the store holds of it. */
  readonly writes: readonly Write[]
}

/** A person, an account, a device and a session as a sign-in makes them. */
export function signedIn(device: BenchDevice, number: number, now: Moment): SignedIn {
  const user: User = {
    id: `usr_${String(number).padStart(22, '0')}`,
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
    id: `acc_${String(number).padStart(22, '0')}`,
    name: `Account ${number}`,
    createdAt: now,
    subscription: {
      id: `sub_${String(number).padStart(22, '0')}`,
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
  const registered = {
    ...newDevice(device, { name: `Laptop ${number}`, platform: 'linux' }, now),
    used: true,
  }
  const secret = newRefreshSecret()
  const session: Session = {
    id: newSessionId(),
    clientId: 'latchkey-desktop',
    userId: user.id,
    accountId: account.id,
    deviceId: registered.id,
    jkt: device.jkt,
    authTime: now,
    createdAt: now,
    refreshedAt: now,
    idle: 14 * DAY,
    absolute: 180 * DAY,
    purge: null,
    tokens: { current: hashOf(secret), confirmed: false, previous: null, displaced: [] },
    cookieHash: null,
    accessTokenId: 'at_none',
    accessEndsAt: now,
    ended: null,
  }
  return {
    session,
    account,
    membership,
    refreshToken: formatRefreshToken({ sessionId: session.id, secret }),
    writes: [
      { table: 'user', put: user },
      { table: 'account', put: account },
      { table: 'membership', put: membership },
      { table: 'device', put: registered },
      { table: 'session', put: session },
    ],
  }
}
