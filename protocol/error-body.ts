import * as v from 'valibot'
import { SECOND, toSeconds } from '../clock/moment.ts'
import { type ErrorCode, HTTP_STATUS, LatchkeyError } from './errors.ts'
import { ACTORS, REASONS } from './reasons.ts'

/** The JSON of every error: RFC 6749 §5.2, and ours: why a session ended, by whom and when. */
export const ErrorBody = v.object({
  error: v.string(),
  error_description: v.optional(v.string()),
  reason: v.optional(v.picklist(REASONS)),
  actor: v.optional(v.picklist(ACTORS)),
  /** Seconds since 1970, UTC. */
  ended_at: v.optional(v.number()),
})

export type ErrorBody = v.InferOutput<typeof ErrorBody>

/**
 * A sentence as `error_description` may hold it: printable ASCII without double quotes and
 * backslashes (RFC 6749 §4.1.2.1, §5.2). Pages show the sentence as it is.
 */
export const toDescription = (sentence: string): string =>
  sentence
    .replace(/[‘’“”"]/g, "'")
    .replace(/[–—]/g, '-')
    .replace(/…/g, '...')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|\\/gu, '?')

export function toErrorBody(error: LatchkeyError): ErrorBody {
  return {
    error: error.code,
    error_description: toDescription(error.message),
    ...(error.reason === undefined ? {} : { reason: error.reason }),
    ...(error.actor === undefined ? {} : { actor: error.actor }),
    ...(error.at === undefined ? {} : { ended_at: toSeconds(error.at) }),
  }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(HTTP_STATUS, code)

/** Reads an error answer; `undefined` when the body is not one of ours, e.g. a proxy's page. */
export function fromErrorBody(body: unknown): LatchkeyError | undefined {
  const read = v.safeParse(ErrorBody, body)
  if (!read.success || !isErrorCode(read.output.error)) return undefined
  const { error, error_description, reason, actor, ended_at } = read.output
  return new LatchkeyError(error, error_description ?? error, {
    reason,
    actor,
    at: ended_at === undefined ? undefined : ended_at * SECOND,
  })
}
