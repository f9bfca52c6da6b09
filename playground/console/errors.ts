import type { Middleware } from 'koa'
import { toErrorBody } from '../../protocol/error-body.ts'
import { asLatchkeyError, refusalOf } from '../../protocol/http-failures.ts'

/** Answers every failure with a sentence; what nobody foresaw goes to `report` and is told as such. */
export const answerErrors =
  (report: (error: unknown) => void): Middleware =>
  async (context, next) => {
    try {
      await next()
      const unanswered = context.body ? undefined : refusalOf(context.status)
      if (unanswered) throw unanswered
    } catch (error) {
      const told = asLatchkeyError(error)
      if (told.code === 'server_error') report(error)
      context.status = told.status
      context.body = toErrorBody(told)
    }
  }
