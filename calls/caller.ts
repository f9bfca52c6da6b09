import * as v from 'valibot'

/** Puts one call by HTTP, and reads its answer. */
export type Caller = <Answer extends v.GenericSchema>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  answer: Answer,
  body?: unknown,
) => Promise<v.InferOutput<Answer>>

/**
 * What typed clients of a table of calls are made of.
 *
 * @param refused - makes the error of an answer that is none: its JSON, and its status
 */
export const caller =
  (url: string, refused: (told: unknown, status: number) => Error): Caller =>
  async (method, path, schema, body) => {
    const answer = await fetch(new URL(path, url), {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const told: unknown = await answer.json()
    if (!answer.ok) throw refused(told, answer.status)
    return v.parse(schema, told)
  }
