/** The site's addresses that clients call, as paths under its issuer (DESIGN §5). */
export const ADDRESSES = {
  metadata: '/.well-known/oauth-authorization-server',
  jwks: '/jwks',
  devices: '/devices',
  signIn: '/signin',
  token: '/token',
  refresh: '/refresh',
  revoke: '/revoke',
  introspect: '/introspect',
  events: '/events',
  /** Shared Signals Framework 1.0 §6: how our Security Event Tokens are verified. */
  signals: '/.well-known/ssf-configuration',
  signalKeys: '/events/jwks',
  me: '/me',
  myDevices: '/me/devices',
  myLogins: '/me/logins',
  myPasswordReset: '/me/password-reset',
  myPlan: '/me/plan',
  myMembers: '/me/members',
  myInvitations: '/me/invitations',
  myAccounts: '/me/accounts',
  myAccount: '/me/account',
  myAudit: '/me/audit',
  myDeletion: '/me/delete',
} as const

/** Names the attempt of a refresh or a code exchange, so that a lost answer can be asked for again (DESIGN §6). */
export const IDEMPOTENCY_KEY = 'Idempotency-Key'
