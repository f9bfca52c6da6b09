import { createHash } from 'node:crypto'
import type { B2cCode } from '../dialect/b2c/errors.ts'
import { OUR_MODES, type ResponseMode } from './response-modes.ts'

/** What the engine is told in place of what was asked. */
export interface EngineRequest {
  readonly parameters: URLSearchParams
  /** Whether nobody may be asked anything: `prompt=none`. */
  readonly silent: boolean
  /** What B2C refuses and the engine would not. */
  readonly refusal: B2cCode | undefined
}

/**
 * Says what was asked so that the engine does what B2C does:
 * - it gives no refresh token without `prompt=consent`, which clients of B2C never send; `none` would
 *   rule that out, so that its being silent is told beside it;
 * - it knows no `plain` PKCE, which is the same as `S256` over the challenge: what has the same
 *   hash as the challenge is the challenge;
 * - it answers in modes of ours, which word everything as B2C does.
 */
export function forEngine(asked: URLSearchParams): EngineRequest {
  const parameters = new URLSearchParams(asked)
  // B2C knows none: an API is named by its scopes.
  parameters.delete('resource')
  hashPlainChallenge(parameters)
  const silent = askForConsent(parameters)
  const { mode, refusal } = judgeMode(parameters)
  if (parameters.getAll('response_mode').length <= 1) {
    parameters.set('response_mode', OUR_MODES[mode])
  }
  return { parameters, silent, refusal }
}

/** @returns whether it was asked for silence */
function askForConsent(parameters: URLSearchParams): boolean {
  // Asked twice, it is refused as it is.
  if (parameters.getAll('prompt').length > 1) return false
  const prompts = (parameters.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '')
  const silent = prompts.length === 1 && prompts[0] === 'none'
  if (prompts.includes('none') && !silent) return false
  const told = silent
    ? []
    : // Who is to choose an account signs in anew.
      prompts.map((prompt) => (prompt === 'select_account' ? 'login' : prompt))
  parameters.set('prompt', [...new Set([...told, 'consent'])].join(' '))
  return silent
}

/** Left out, the method is plain (RFC 7636 §4.3). */
function hashPlainChallenge(parameters: URLSearchParams): void {
  const [challenge, ...more] = parameters.getAll('code_challenge')
  const method = parameters.get('code_challenge_method') ?? 'plain'
  if (challenge === undefined || more.length > 0 || method !== 'plain') return
  const hash = createHash('sha256').update(challenge).digest('base64url')
  parameters.set('code_challenge', hash)
  parameters.set('code_challenge_method', 'S256')
}

function judgeMode(parameters: URLSearchParams): {
  readonly mode: ResponseMode
  readonly refusal: B2cCode | undefined
} {
  const frontChannel = /\b(id_token|token)\b/.test(parameters.get('response_type') ?? '')
  const usual = frontChannel ? 'fragment' : 'query'
  const asked = parameters.get('response_mode') ?? usual
  const mode = isMode(asked) && !(asked === 'query' && frontChannel) ? asked : undefined
  return { mode: mode ?? usual, refusal: mode === undefined ? 'AADB2C90014' : undefined }
}

const isMode = (mode: string): mode is ResponseMode => Object.hasOwn(OUR_MODES, mode)
