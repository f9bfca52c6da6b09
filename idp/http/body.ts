import type { Context } from 'koa'
import * as v from 'valibot'
import { LatchkeyError } from '../../protocol/errors.ts'
import { one } from '../sign-in/request.ts'

/** Bytes; no honest request of ours is larger. */
export const BODY_LIMIT = '16kb'

/**
 * The parameters of a form. Read from the raw body, so that a doubled parameter is seen as such and
 * not as a list (RFC 6749 §3.2).
 */
export function readForm(ctx: Context): URLSearchParams {
  if (!ctx.is('application/x-www-form-urlencoded')) {
    throw new LatchkeyError(
      'unsupported_media_type',
      'Send the parameters as application/x-www-form-urlencoded.',
    )
  }
  return new URLSearchParams(ctx.request.rawBody ?? '')
}

/** A parameter that must be there, once. */
export function required(form: URLSearchParams, name: string): string {
  const value = one(form, name)
  if (value === undefined) throw new LatchkeyError('invalid_request', `Send ${name}.`)
  return value
}

/** A JSON body of a known shape. */
export function readJson<T extends v.GenericSchema>(ctx: Context, schema: T): v.InferOutput<T> {
  if (!ctx.is('application/json')) {
    throw new LatchkeyError('unsupported_media_type', 'Send the body as application/json.')
  }
  const read = v.safeParse(schema, ctx.request.body)
  if (read.success) return read.output
  const where = v.getDotPath(read.issues[0])
  throw new LatchkeyError(
    'invalid_request',
    where
      ? `The body’s "${where}" is missing or not as it should be.`
      : 'The body is not as it should be.',
  )
}

/** The name of an attempt: any 1 to 255 visible characters, quoted or not. */
export function readAttempt(ctx: Context): string | undefined {
  const [attempt, ...others] = ctx.req.headersDistinct['idempotency-key'] ?? []
  if (attempt === undefined) return undefined
  if (others.length > 0 || !/^[\x21-\x7e]{1,255}$/.test(attempt)) {
    throw new LatchkeyError(
      'invalid_request',
      'Send one Idempotency-Key of 1 to 255 visible characters.',
    )
  }
  return attempt
}
