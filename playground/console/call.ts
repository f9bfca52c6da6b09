import * as v from 'valibot'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { House } from '../house.ts'

type Entries = Readonly<Record<string, v.GenericSchema>>

/** What came with a call, read by its schemas. */
export interface Told<Path extends Entries, Body> {
  readonly path: { readonly [K in keyof Path]: v.InferOutput<Path[K]> }
  readonly query: URLSearchParams
  readonly body: Body
}

/** One thing that can be asked of the playground: its route and its documentation are made of this. */
export interface Call<
  Path extends Entries,
  Body extends v.GenericSchema,
  Answer extends v.GenericSchema,
> {
  /** Its name in the documentation. */
  readonly name: string
  readonly method: 'get' | 'post' | 'put' | 'delete'
  /** With `{parameters}` in braces. */
  readonly url: string
  readonly says: string
  readonly path?: Path
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Body
  /** What to send, for whoever sent something else. */
  readonly example?: string
  readonly answer: Answer
  readonly run: (
    house: House,
    told: Told<Path, v.InferOutput<Body>>,
  ) => Promise<v.InferOutput<Answer>> | v.InferOutput<Answer>
}

/** A call whose types are known only to itself. */
export interface AnyCall extends Omit<Call<Entries, v.GenericSchema, v.GenericSchema>, 'run'> {
  /** @throws LatchkeyError `invalid_request` when something can't be read */
  readonly answerTo: (house: House, raw: RawCall) => Promise<unknown>
}

export interface RawCall {
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
}

const Nothing = v.unknown()

export function call<
  const Path extends Entries = Record<never, never>,
  Body extends v.GenericSchema = typeof Nothing,
  Answer extends v.GenericSchema = typeof Nothing,
>(made: Call<Path, Body, Answer>): AnyCall {
  const { run, ...rest } = made
  const path: v.GenericSchema = v.object(made.path ?? {})
  const sentence = `Send JSON: ${made.example}.`
  return {
    ...rest,
    answerTo: async (house, raw) =>
      run(house, {
        path: read(
          path,
          raw.path,
          (known) => `There is nothing by this name. It is one of ${known}.`,
        ),
        query: raw.query,
        body: made.body ? read(made.body, raw.body, () => sentence) : undefined,
      } as Told<Path, v.InferOutput<Body>>),
  }
}

/** @param sentence made of what would have been right, in the schema's words: `"up", "down"` */
function read(
  schema: v.GenericSchema,
  value: unknown,
  sentence: (known: string) => string,
): unknown {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const known = (result.issues[0].expected ?? '').replace(/^\(|\)$/g, '').replaceAll(' | ', ', ')
  throw new LatchkeyError('invalid_request', sentence(known))
}
