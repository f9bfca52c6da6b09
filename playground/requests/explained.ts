import type { PartyName } from '../scene.ts'
import type { Exchange, Speaker } from './exchange.ts'

interface Known {
  readonly from: Speaker
  readonly to: PartyName
  readonly method: string
  /** A whole path, or what it ends with: the provider's begin with its tenant and policy. */
  readonly path: string | RegExp
  readonly says: string
  /** The sections of the standards that have it. */
  readonly standard: string
}

const known = (
  [from, to]: readonly [Speaker, PartyName],
  method: string,
  path: string | RegExp,
  says: string,
  standard: string,
): Known => ({ from, to, method, path, says, standard })

const CLIENT_TO_SITE = ['client', 'site'] as const
const BROWSER_TO_SITE = ['browser', 'site'] as const
const BROWSER_TO_PROVIDER = ['browser', 'provider'] as const
const SITE_TO_PROVIDER = ['site', 'provider'] as const
const SERVICE_TO_SITE = ['service', 'site'] as const

/** What each message of the protocol is. */
const MESSAGES: readonly Known[] = [
  known(
    CLIENT_TO_SITE,
    'GET',
    '/.well-known/oauth-authorization-server',
    'The client reads what the site offers',
    'RFC 8414 §3',
  ),
  known(
    CLIENT_TO_SITE,
    'POST',
    '/devices',
    'An installation registers its key and proves that it holds it',
    'RFC 9449 §4',
  ),
  known(
    BROWSER_TO_SITE,
    'GET',
    '/signin',
    'Authorization request: the system browser brings the challenge and the key’s thumbprint',
    'RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 9449 §10',
  ),
  known(
    SITE_TO_PROVIDER,
    'GET',
    /\/v2\.0\/\.well-known\/openid-configuration$/,
    'The site reads what the provider offers',
    'OIDC Discovery §4',
  ),
  known(
    BROWSER_TO_PROVIDER,
    'GET',
    /\/oauth2\/v2\.0\/authorize$/,
    'The site asks the provider who it is, through the browser; prompt=login wants the password',
    'OIDC Core §3.1.2.1',
  ),
  known(
    BROWSER_TO_PROVIDER,
    'GET',
    /\/api\/combinedsigninandsignup\/unified$/,
    'The provider asks for the password',
    'OIDC Core §3.1.2.3',
  ),
  known(
    BROWSER_TO_PROVIDER,
    'POST',
    /\/api\/combinedsigninandsignup\/unified$/,
    'The person proves who they are',
    'OIDC Core §3.1.2.3',
  ),
  known(
    BROWSER_TO_PROVIDER,
    'GET',
    /\/oauth2\/v2\.0\/authorize\/[^/]+$/,
    'The provider goes on with its answer',
    'OIDC Core §3.1.2.5',
  ),
  known(
    BROWSER_TO_SITE,
    'GET',
    '/integrations/oauth2/callback',
    'The provider’s answer comes back through the browser',
    'OIDC Core §3.1.2.5, RFC 9207 §2.4',
  ),
  known(
    SITE_TO_PROVIDER,
    'POST',
    /\/oauth2\/v2\.0\/token$/,
    'The site redeems the provider’s code, with its secret and the verifier',
    'OIDC Core §3.1.3.1, RFC 7636 §4.5',
  ),
  known(
    SITE_TO_PROVIDER,
    'GET',
    /\/discovery\/v2\.0\/keys$/,
    'The site fetches the keys that the provider signs with',
    'RFC 7517 §5',
  ),
  known(
    BROWSER_TO_PROVIDER,
    'GET',
    /\/oauth2\/v2\.0\/logout$/,
    'The purge: the provider ends its session of this browser',
    'OIDC RP-Initiated Logout §2',
  ),
  known(
    BROWSER_TO_SITE,
    'GET',
    '/signin/purged',
    'Back from the provider’s logout: the probe with prompt=none comes next',
    'OIDC RP-Initiated Logout §3, OIDC Core §3.1.2.1',
  ),
  known(BROWSER_TO_SITE, 'GET', '/signin/choose', 'The person chooses an account', 'ours'),
  known(BROWSER_TO_SITE, 'POST', '/signin/choose', 'The person has chosen an account', 'ours'),
  known(
    CLIENT_TO_SITE,
    'POST',
    '/token',
    'The client redeems its code, with the verifier and a proof of its key',
    'RFC 6749 §4.1.3, RFC 7636 §4.5, RFC 9449 §5',
  ),
  known(
    CLIENT_TO_SITE,
    'POST',
    '/refresh',
    'The client refreshes; the token is rotated, and bound to its key',
    'RFC 6749 §6, RFC 9700 §4.14.2, RFC 9449 §5',
  ),
  known(CLIENT_TO_SITE, 'POST', '/revoke', 'The client gives its token back', 'RFC 7009 §2.1'),
  known(
    CLIENT_TO_SITE,
    'GET',
    '/me',
    'The client asks who it is, with a bound access token',
    'RFC 9449 §7.1',
  ),
  known(
    ['client', 'service'],
    'GET',
    '/hello',
    'The client calls the service, with its access token and a proof for this very request',
    'RFC 9449 §7.1, RFC 9068 §4',
  ),
  known(
    ['site', 'service'],
    'POST',
    '/webhooks',
    'The site tells the service what has changed, signed',
    'Standard Webhooks, “Signature scheme”',
  ),
  known(
    SERVICE_TO_SITE,
    'GET',
    '/jwks',
    'A service fetches the keys that tokens are signed with',
    'RFC 7517 §5',
  ),
  known(
    SERVICE_TO_SITE,
    'POST',
    '/introspect',
    'A service asks whether a token is good',
    'RFC 7662 §2.1',
  ),
  known(SERVICE_TO_SITE, 'GET', '/events', 'A service reads what it missed', 'ours'),
]

const find = (to: PartyName, method: string, path: string): Known | undefined =>
  MESSAGES.find(
    (one) =>
      one.to === to &&
      one.method === method &&
      (typeof one.path === 'string' ? one.path === path : one.path.test(path)),
  )

export type Explained = Pick<Known, 'from' | 'to' | 'says' | 'standard'>

/** `undefined`: it is no message of the protocol. */
export function explain(
  party: PartyName,
  { method, path, sent, answered }: Exchange,
): Explained | undefined {
  const message = find(party, method, path)
  if (!message) return undefined
  const { from, to, says, standard } = message
  // The same request again, with the nonce that this answer brings.
  if (wantsNonce(answered)) {
    return {
      from,
      to,
      says: `${says}: first it is told the server’s nonce`,
      standard: `${standard}, RFC 9449 §8`,
    }
  }
  if (sent.prompt === 'none') return { from, to, says: PROBE, standard }
  return { from, to, says, standard }
}

const PROBE =
  'The probe: does the provider still know this browser? prompt=none allows no page, so it must refuse'

export const wantsNonce = ({ error }: Exchange['answered']): boolean => error === 'use_dpop_nonce'

export const isMessage = (to: PartyName, method: string, path: string): boolean =>
  find(to, method, path) !== undefined
