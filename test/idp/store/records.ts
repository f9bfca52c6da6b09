import { DAY, type Moment } from '../../../clock/moment.ts'
import {
  type FileStore,
  type FileStoreOptions,
  openFileStore,
} from '../../../idp/store/file-store.ts'
import type {
  Account,
  AuthorizationCode,
  Delivery,
  Device,
  Invitation,
  Mail,
  Membership,
  OutboxEvent,
  Session,
  SignIn,
  User,
} from '../../../idp/store/records.ts'

/** A day long ago; nothing here reads a clock. */
export const T0: Moment = 1_750_000_000_000

export const aUser = (id: string, more: Partial<User> = {}): User => ({
  id,
  identities: [{ issuer: 'http://localhost:4000/tenant/', subject: `subject-${id}` }],
  name: `Ada ${id} – Øresund 🔑`,
  email: `${id}@example.com`,
  createdAt: T0,
  signIns: 0,
  deleted: null,
  allEnded: null,
  loginsDisabled: null,
  ...more,
})

export const anAccount = (id: string, more: Partial<Account> = {}): Account => ({
  id,
  name: `Account ${id}\nwith a second line`,
  createdAt: T0,
  subscription: {
    id: `sub-${id}`,
    plan: 'team',
    status: 'trialing',
    trialEndsAt: T0 + 30 * DAY,
    periodEndsAt: null,
  },
  closed: null,
  ...more,
})

export const aMembership = (userId: string, accountId: string): Membership => ({
  id: `${userId}:${accountId}`,
  userId,
  accountId,
  role: 'owner',
  since: T0,
})

export const aDevice = (id: string, more: Partial<Device> = {}): Device => ({
  id,
  jkt: `jkt-${id}`,
  jwk: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
  name: 'Ada’s laptop',
  platform: 'linux',
  createdAt: T0,
  used: false,
  ...more,
})

export const aSignIn = (id: string, more: Partial<SignIn> = {}): SignIn => ({
  id,
  createdAt: T0,
  clientId: 'latchkey-desktop',
  redirectUri: 'http://127.0.0.1/callback',
  state: 'state',
  codeChallenge: 'challenge',
  deviceId: null,
  jkt: null,
  browserHash: 'browser',
  provider: 'b2c',
  step: { at: 'provider', stateHash: `state-${id}`, nonce: 'nonce', codeVerifier: 'verifier' },
  ...more,
})

export const aCode = (id: string, more: Partial<AuthorizationCode> = {}): AuthorizationCode => ({
  id,
  createdAt: T0,
  clientId: 'latchkey-desktop',
  redirectUri: 'http://127.0.0.1/callback',
  codeChallenge: null,
  jkt: null,
  deviceId: null,
  userId: 'u1',
  accountId: 'a1',
  authTime: T0,
  purge: { outcome: 'proven', answer: 'login_required', at: T0 / 1000 },
  redeemed: null,
  ...more,
})

export const aSession = (id: string, more: Partial<Session> = {}): Session => ({
  id,
  clientId: 'latchkey-desktop',
  userId: 'u1',
  accountId: 'a1',
  deviceId: 'd1',
  jkt: 'jkt-d1',
  authTime: T0,
  createdAt: T0,
  refreshedAt: T0,
  idle: 14 * DAY,
  absolute: 180 * DAY,
  purge: null,
  tokens: { current: `hash-${id}`, confirmed: false, previous: null, displaced: [] },
  cookieHash: null,
  accessTokenId: `jti-${id}`,
  accessEndsAt: T0 + 3_600_000,
  ended: null,
  ...more,
})

export const anEvent = (id: string): OutboxEvent => ({
  id,
  at: T0,
  keepUntil: T0 + 14 * DAY,
  payload: {
    type: 'session.ended',
    timestamp: '2025-06-15T15:06:40.000Z',
    data: {
      session_id: 's1',
      user_id: 'u1',
      account_id: 'a1',
      device_id: null,
      reason: 'signed_out',
      actor: 'user',
      exp: T0 / 1000,
    },
  },
})

export const aDelivery = (eventId: string, more: Partial<Delivery> = {}): Delivery => ({
  id: `${eventId}:http://127.0.0.1:3100/hook`,
  eventId,
  endpoint: 'http://127.0.0.1:3100/hook',
  attempts: 0,
  nextAt: T0,
  state: 'waiting',
  ...more,
})

export const anInvitation = (id: string, more: Partial<Invitation> = {}): Invitation => ({
  id,
  accountId: 'a1',
  address: `${id}@example.com`,
  role: 'member',
  invitedBy: 'u1',
  createdAt: T0,
  expiresAt: T0 + 7 * DAY,
  state: { kind: 'open' },
  ...more,
})

export const aMail = (id: string, more: Partial<Mail> = {}): Mail => ({
  id,
  at: T0,
  to: { kind: 'person', userId: 'u1' },
  says: {
    kind: 'invitation',
    invitationId: 'i1',
    account: 'Acme',
    inviter: 'Ada',
    role: 'member',
    expiresAt: T0 + 7 * DAY,
  },
  attempts: 0,
  nextAt: T0,
  state: 'waiting',
  ...more,
})

/** Opens a store of which nothing is expected to fail. */
export const openQuietly = (
  folder: string,
  options: Partial<FileStoreOptions> = {},
): Promise<FileStore> =>
  openFileStore(folder, {
    log: (sentence) => {
      throw new Error(`Unexpected: ${sentence}`)
    },
    onFailure: (error) => {
      throw error
    },
    ...options,
  })
