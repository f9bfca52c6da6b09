/**
 * What the provider can be told to do wrong, by name, and what each is. All off at the start: then it
 * is as strict as B2C.
 */
export const FAULTS = {
  // Any endpoint: `at` says which one.
  'too-many-requests': 'Answers 429, with Retry-After.',
  unavailable: 'Answers 503, with Retry-After.',
  slow: 'Answers late, by `seconds`.',
  dropped: 'Closes the connection without an answer.',
  truncated: 'Breaks off in the middle of the answer.',
  refused: 'Refuses with the error of B2C’s that `code` names.',

  // What is published.
  'metadata-of-another-issuer': 'The metadata names another issuer than the tokens.',
  'unpublished-keys': 'The keys that are published are not those that sign.',

  // Tokens: the next one that is signed, or all.
  'wrong-issuer': 'Tokens are of another issuer.',
  'wrong-audience': 'Tokens are for another application.',
  'wrong-nonce': 'Tokens bring another nonce than the request did.',
  'wrong-policy': 'Tokens name another policy (`tfp`).',
  expired: 'Tokens ran out an hour ago.',
  'from-the-future': 'Tokens hold in an hour only (`nbf`, `iat`).',
  'stale-sign-in': '`auth_time` is a day ago, whenever the person proved themselves.',
  'missing-claim': 'Tokens lack the claim that `claim` names.',
  'no-emails': '`emails` is there and empty.',
  'always-new': 'Every token says `newUser`.',
  unsigned: 'Tokens are unsigned (`alg` none).',
  'signed-by-published-key': 'Tokens are signed with HS256, and the public key as its secret.',
  'unknown-key': 'Tokens are signed by a key whose `kid` is published nowhere.',
  'foreign-signature': 'Tokens name our key and are signed by another one.',
  'broken-signature': 'A bit of the signature is another one.',
  'no-id-token': 'The token answer holds no ID token.',

  // The browser's way.
  'wrong-state': 'The application gets another `state` back than it gave.',
  'lost-state': 'The application gets no `state` back.',
  'foreign-iss': 'The answer names the issuer of another house (RFC 9207).',
  'ignored-prompt-login':
    'A session answers, although `prompt=login` or `max_age` asks for the person.',
  'ignored-prompt-none': 'A person is asked, although `prompt=none` says not to.',
  'reusable-code': 'A code can be redeemed again.',

  // The session.
  'sticky-session': 'Logout looks done, and the session goes on.',
  'session-kept':
    'Logout takes the cookie from the browser alone: a copy of it is still as good as the session.',
  'cookie-kept': 'Logout ends the session and leaves its cookie in the browser.',
  'ignored-logout': 'Logout ends nothing and leads nowhere: it only says that it did.',
  'knows-without-cookies':
    'A browser that brings no session is taken for the last one that did, as a network does that signs its machines’ users in by Kerberos or by certificate.',
} as const satisfies Record<string, string>

export type Fault = keyof typeof FAULTS

export const FAULT_NAMES = Object.keys(FAULTS) as readonly Fault[]

/** Where the faults of every endpoint can be: `pages` are all that a person is shown. */
export const PLACES = ['metadata', 'keys', 'authorize', 'token', 'logout', 'pages'] as const

export type Place = (typeof PLACES)[number]

/** How long a fault lasts. */
export const MODES = ['off', 'next', 'on'] as const

export type Mode = (typeof MODES)[number]
