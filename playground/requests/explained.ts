import type { Exchange } from './exchange.ts'

/** What each message of the protocol is, and the sections of the standards that have it. */
const MESSAGES = {
  'GET /.well-known/oauth-authorization-server': [
    'The client reads what the site offers',
    'RFC 8414 §3',
  ],
  'GET /jwks': ['A service fetches the keys that tokens are signed with', 'RFC 7517 §5'],
  'POST /devices': ['An installation registers its key and proves that it holds it', 'RFC 9449 §4'],
  'GET /signin': [
    'Authorization request: the system browser brings the challenge and the key’s thumbprint',
    'RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 9449 §10',
  ],
  'GET /integrations/oauth2/callback': [
    'The provider’s answer comes back through the browser',
    'OIDC Core §3.1.2.5, RFC 9207 §2.4',
  ],
  'GET /signin/purged': [
    'Back from the provider’s logout: the probe with prompt=none comes next',
    'OIDC RP-Initiated Logout §3, OIDC Core §3.1.2.1',
  ],
  'GET /signin/choose': ['The person chooses an account', 'ours'],
  'POST /signin/choose': ['The person has chosen an account', 'ours'],
  'POST /token': [
    'The client redeems its code, with the verifier and a proof of its key',
    'RFC 6749 §4.1.3, RFC 7636 §4.5, RFC 9449 §5',
  ],
  'POST /refresh': [
    'The client refreshes; the token is rotated, and bound to its key',
    'RFC 6749 §6, RFC 9700 §4.14.2, RFC 9449 §5',
  ],
  'POST /revoke': ['The client gives its token back', 'RFC 7009 §2.1'],
  'POST /introspect': ['A service asks whether a token is good', 'RFC 7662 §2.1'],
  'GET /me': ['The client asks who it is, with a bound access token', 'RFC 9449 §7.1'],
  'GET /events': ['A service reads what it missed', 'ours'],
} as const satisfies Record<string, readonly [says: string, standard: string]>

export interface Explained {
  readonly says: string
  readonly standard: string
}

/** `undefined`: it is no message of the protocol. */
export function explain({ method, path, answered }: Exchange): Explained | undefined {
  const key = `${method} ${path}`
  if (!isKnown(key)) return undefined
  const [says, standard] = MESSAGES[key]
  // The same request again, with the nonce that this answer brings.
  if (answered.error === 'use_dpop_nonce') {
    return {
      says: `${says}: first it is told the server’s nonce`,
      standard: `${standard}, RFC 9449 §8`,
    }
  }
  return { says, standard }
}

const isKnown = (key: string): key is keyof typeof MESSAGES => Object.hasOwn(MESSAGES, key)

export const isMessage = (method: string, path: string): boolean => isKnown(`${method} ${path}`)
