import type { B2cCode, ErrorValues } from './errors.ts'

/** An error as the engine has it; the detail is for logs, and tells apart what it keeps from clients. */
export interface EngineError {
  readonly error: string
  readonly description: string
  readonly detail: string
}

type Rule = readonly [said: RegExp, code: B2cCode | ((values: ErrorValues) => B2cCode)]

const wantsIdToken = ({ response_type }: ErrorValues) => /\bid_token\b/.test(String(response_type))

/**
 * What B2C calls what the engine refuses; the first that fits. The engine's version is pinned, and
 * each rule has a test that makes it say so. Named groups fill the text's braces.
 */
const RULES: readonly Rule[] = [
  [/^(login|interaction)_required:/, 'AADB2C90077'],
  [/^server_error:/, 'AADB2C90037'],
  [/^invalid_redirect_uri:|authorization code redirect_uri mismatch$/, 'AADB2C90006'],
  [/client not found$/, 'AADB2C90018'],
  [/invalid secret provided$/, 'AADB2C90081'],
  [
    /authentication mechanism does not match/,
    ({ client_secret }) => (client_secret === undefined ? 'AADB2C90079' : 'AADB2C90084'),
  ],
  [/missing required parameters? '?client_id|no client authentication mechanism/, 'AADB2C90008'],
  [/missing required parameters? '?(?<parameter>\w+)/, 'AADB2C90083'],
  [/^unsupported_response_type:/, 'AADB2C90013'],
  [/^unsupported_grant_type:|requested grant type is not allowed/, 'AADB2C90086'],
  [
    /requested response_type is not allowed/,
    (values) => (wantsIdToken(values) ? 'AADB2C90057' : 'AADB2C90058'),
  ],
  [/openid scope must be requested for this response_type/, 'AADB2C90110'],
  [/unsupported prompt value|prompt none must only be used alone/, 'AADB2C90043'],
  [/invalid max_age/, 'AADB2C90120'],
  [/policy requires PKCE/, 'AADB2C99059'],
  [/value of code_challenge_method/, 'AADB2C90184'],
  [/code_verifier (must be|contains)/, 'AADB2C90183'],
  [/does not match code_challenge$/, 'AADB2C90182'],
  [/referenced account not found|the person is no longer there/, 'AADB2C90128'],
  [/^invalid_scope:/, 'AADB2C90117'],
]

/** @returns `undefined` when B2C has no words for it. */
export function codeOf(
  failure: EngineError,
  values: ErrorValues,
): { readonly code: B2cCode; readonly values: ErrorValues } | undefined {
  const text = `${failure.error}: ${failure.description} ${failure.detail}`.trim()
  for (const [said, code] of RULES) {
    const found = said.exec(text)
    if (found) {
      return {
        code: typeof code === 'string' ? code : code(values),
        values: { ...values, ...found.groups },
      }
    }
  }
  return undefined
}
