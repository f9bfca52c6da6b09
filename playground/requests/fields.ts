import { createHash } from 'node:crypto'

/** What is said as it is: words of the protocol, which are nobody's secret. All else is a fingerprint. */
const PLAIN = new Set([
  'grant_type',
  'response_type',
  'client_id',
  'code_challenge_method',
  'prompt',
  'max_age',
  'iss',
  'error',
  'reason',
  'actor',
  'token_type',
  'expires_in',
  'response_mode',
  'scope',
  'p',
  'webhook-id',
  'webhook-timestamp',
])

/** What people make up could be guessed from a fingerprint. */
const HIDDEN = /password/i

/** Enough to know one again, and nothing to be used. */
export const fingerprint = (secret: string): string =>
  `#${createHash('sha256').update(secret).digest('hex').slice(0, 8)}`

/** The fields of a form, a query or a JSON object, one level deep, without their secrets. */
export function shownFields(told: Iterable<readonly [string, unknown]>): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of told) {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    if (text !== undefined) shown[name] = shownField(name, text)
  }
  return shown
}

function shownField(name: string, text: string): string {
  if (PLAIN.has(name)) return text
  return HIDDEN.test(name) ? 'not shown' : shownSecret(name, text)
}

/** Of what a header authorizes by, the scheme is no secret; the token has the fingerprint that it has elsewhere. */
function shownSecret(name: string, text: string): string {
  const [, scheme, credentials] = /^(Bearer|DPoP|Basic) (.+)$/.exec(text) ?? []
  return name === 'authorization' && scheme !== undefined && credentials !== undefined
    ? `${scheme} ${fingerprint(credentials)}`
    : fingerprint(text)
}

/** A body's fields by its kind; none when it is of another, or can't be read. */
export function fieldsOf(kind: string, body: string): Record<string, string> {
  if (kind.includes('x-www-form-urlencoded')) return shownFields(new URLSearchParams(body))
  if (!kind.includes('json')) return {}
  try {
    const read: unknown = JSON.parse(body)
    return typeof read === 'object' && read !== null ? shownFields(Object.entries(read)) : {}
  } catch {
    return {}
  }
}
