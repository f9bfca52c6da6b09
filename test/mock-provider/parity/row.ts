/** Where it is said that B2C does so. No live tenant was ever compared. */
export const SOURCES = {
  'error-codes': 'Microsoft, “Error codes”',
  'openid-connect': 'Microsoft, “Web sign-in with OpenID Connect”',
  'code-flow': 'Microsoft, “Authorization code flow”',
  'access-tokens': 'Microsoft, “Request an access token”',
  'tokens-overview': 'Microsoft, “Overview of tokens”',
  'configure-tokens': 'Microsoft, “Configure tokens”',
  'session-behavior': 'Microsoft, “Configure session behavior”',
  'cookie-definitions': 'Microsoft, “Cookies definitions”',
  'password-reset': 'Microsoft, “Set up a password reset flow”',
  'direct-signin': 'Microsoft, “Set up direct sign-in”',
  'idp-pass-through': 'Microsoft, “Pass an identity provider access token”',
  'customize-ui': 'Microsoft, “Customize the user interface”',
  'string-ids': 'Microsoft, “Localization string IDs”',
  b2clogin: 'Microsoft, “Set redirect URLs to b2clogin.com”',
  spa: 'Microsoft, “Single-page application sign-in”',
  msal: 'source of MSAL: what it insists on',
  passport: 'source of passport-azure-ad: what it insists on',
  captures: 'public client code and logs of real tenants',
  nowhere: 'general knowledge',
} as const satisfies Record<string, string>

export type Source = keyof typeof SOURCES

interface Behaviour {
  readonly behaviour: string
  readonly sources: readonly Source[]
}

/** Held by tests: by file within `test/`, the beginnings of titles. */
interface Imitated {
  readonly here: 'imitated'
  readonly tests: Readonly<Record<string, readonly string[]>>
}

/** Done in some way, for B2C does it in some way: no source tells which. */
interface Guessed {
  readonly here: 'never compared'
  readonly how: string
  readonly tests: Readonly<Record<string, readonly string[]>>
}

/** On purpose, and why. */
interface Otherwise {
  readonly here: 'different' | 'not imitated'
  readonly how: string
}

export type ParityRow = Behaviour & (Imitated | Guessed | Otherwise)

export type ParityTable = Readonly<Record<string, readonly ParityRow[]>>
