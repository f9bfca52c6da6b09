import { type ErrorCode, LatchkeyError } from './errors.ts'

/** What HTTP libraries refuse or leave unanswered, in our words. */
const BY_STATUS: Readonly<Record<number, { code: ErrorCode; message: string }>> = {
  400: { code: 'invalid_request', message: 'The request can’t be read: check its encoding.' },
  404: { code: 'not_found', message: 'There is nothing at this address.' },
  405: {
    code: 'method_not_allowed',
    message: 'This address takes other methods: see the Allow header.',
  },
  413: { code: 'too_large', message: 'The request’s body is too large.' },
  415: {
    code: 'unsupported_media_type',
    message: 'The request’s body is of a kind that is not taken here.',
  },
  501: { code: 'method_not_allowed', message: 'This method is not known here.' },
}

/** The error of a status that a library set; `undefined` for those that are none of its business. */
export function refusalOf(status: number, cause?: unknown): LatchkeyError | undefined {
  const known = BY_STATUS[status]
  return known && new LatchkeyError(known.code, known.message, { cause })
}

/** Anything that was thrown while a request was served; what nobody foresaw is a `server_error`. */
export function asLatchkeyError(thrown: unknown): LatchkeyError {
  if (thrown instanceof LatchkeyError) return thrown
  return (
    refusalOf(statusOf(thrown), thrown) ??
    new LatchkeyError(
      'server_error',
      'Something went wrong on our side. Please try again in a minute.',
      { cause: thrown },
    )
  )
}

/** The errors of HTTP libraries carry one (http-errors). */
const statusOf = (thrown: unknown): number => {
  const status = (thrown as { status?: unknown } | undefined)?.status
  return typeof status === 'number' ? status : 500
}
