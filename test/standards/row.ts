/** The texts that Latchkey holds itself to, as far as they concern it. */
export const STANDARDS = {
  'RFC 7009': 'OAuth 2.0 Token Revocation',
  'RFC 7636': 'Proof Key for Code Exchange (PKCE)',
  'RFC 7662': 'OAuth 2.0 Token Introspection',
  'RFC 8252': 'OAuth 2.0 for Native Apps',
  'RFC 8414': 'OAuth 2.0 Authorization Server Metadata',
  'RFC 8417': 'Security Event Token (SET)',
  'RFC 8935': 'Push-Based SET Delivery',
  'RFC 9068': 'JWT Profile for OAuth 2.0 Access Tokens',
  'RFC 9207': 'OAuth 2.0 Authorization Server Issuer Identification',
  'RFC 9449': 'Demonstrating Proof of Possession (DPoP)',
  'RFC 9700': 'Best Current Practice for OAuth 2.0 Security',
  'OIDC Core': 'OpenID Connect Core 1.0',
  'OIDC RP-Initiated Logout': 'OpenID Connect RP-Initiated Logout 1.0',
  'OIDC Back-Channel Logout': 'OpenID Connect Back-Channel Logout 1.0',
  CAEP: 'OpenID Continuous Access Evaluation Profile 1.0',
  'Standard Webhooks': 'Standard Webhooks',
  'Electron security': 'Electron’s security checklist (docs/tutorial/security, 20 items)',
  'ASVS 5.0': 'OWASP Application Security Verification Standard 5.0',
} as const satisfies Record<string, string>

export type Standard = keyof typeof STANDARDS

/** Who has to do it: our site, a service that trusts it, our clients. */
export type Party = 'site' | 'service' | 'client'

/** One thing that a standard says, in our own words. */
interface Requirement {
  /** Ours, but for ASVS, which names its own. */
  readonly id: string
  readonly standard: Standard
  readonly section: string
  /** What must be so; a SHOULD that we chose to hold reads the same. */
  readonly requirement: string
  readonly who: Party
}

/**
 * Tests that would go red if it were not so: by file within `test/`, the beginnings of full titles as
 * vitest reports them (`describe > test`). Whatever begins so must exist, and all of it must pass.
 */
interface Held {
  readonly tests: Readonly<Record<string, readonly string[]>>
}

/** No test holds it, and why that is as it should be. */
interface Explained {
  readonly explained: string
}

export type Row = Requirement & (Held | Explained)
