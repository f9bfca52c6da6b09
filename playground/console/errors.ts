import type { Middleware } from 'koa'
import { toErrorBody } from '../../protocol/error-body.ts'
import { LatchkeyError } from '../../protocol/errors.ts'

/** Answers every failure with a sentence; what nobody foresaw goes to `report` and is told as such. */
export const answerErrors =
  (report: (error: unknown) => void): Middleware =>
  async (context, next) => {
    try {
      await next()
      if (context.status === 404 && !context.body) {
        throw new LatchkeyError('not_found', `Nothing lives at ${context.path}.`)
      }
    } catch (error) {
      const told = toLatchkeyError(error)
      if (told.code === 'server_error') report(error)
      context.status = told.status
      context.body = toErrorBody(told)
    }
  }

function toLatchkeyError(error: unknown): LatchkeyError {
  if (error instanceof LatchkeyError) return error
  // What the body parser throws carries a status (http-errors).
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  if (status === 413) return new LatchkeyError('too_large', 'The body is too large.')
  if (status === 400) return new LatchkeyError('invalid_request', 'The body is not readable.')
  if (status === 415) return new LatchkeyError('unsupported_media_type', 'Send JSON.')
  return new LatchkeyError('server_error', 'That failed here; the playground’s output says why.')
}
