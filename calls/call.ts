import * as v from 'valibot'

type Entries = Readonly<Record<string, v.GenericSchema>>

/** What came with a call, read by its schemas. */
export interface Told<Path extends Entries, Body> {
  readonly path: { readonly [K in keyof Path]: v.InferOutput<Path[K]> }
  readonly query: URLSearchParams
  readonly body: Body
}

/** One thing that can be asked by HTTP: its route and its documentation are made of this. */
export interface Call<
  Desk,
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
  /** @param desk whom the call is put to */
  readonly run: (
    desk: Desk,
    told: Told<Path, v.InferOutput<Body>>,
  ) => Promise<v.InferOutput<Answer>> | v.InferOutput<Answer>
}

/** A call whose types are known only to itself. */
export interface AnyCall<Desk>
  extends Omit<Call<Desk, Entries, v.GenericSchema, v.GenericSchema>, 'run'> {
  /** Rejects, by `refuse` of {@link callsOn}, when something can't be read. */
  readonly answerTo: (desk: Desk, raw: RawCall) => Promise<unknown>
}

export interface RawCall {
  readonly path: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: unknown
}

const Nothing = v.unknown()

/**
 * Makes the calls of one table.
 *
 * @param refuse - makes the error of what can't be read, from a sentence that says what to send
 */
export const callsOn =
  <Desk>(refuse: (sentence: string) => Error) =>
  <
    const Path extends Entries = Record<never, never>,
    Body extends v.GenericSchema = typeof Nothing,
    Answer extends v.GenericSchema = typeof Nothing,
  >(
    made: Call<Desk, Path, Body, Answer>,
  ): AnyCall<Desk> => {
    const { run, ...rest } = made
    const path: v.GenericSchema = v.object(made.path ?? {})
    const unknownName = (known: string) => `There is nothing by this name. It is one of ${known}.`
    const sentence = `Send JSON: ${made.example}.`
    return {
      ...rest,
      answerTo: async (desk, raw) =>
        run(desk, {
          path: read(path, raw.path, (known) => refuse(unknownName(known))),
          query: raw.query,
          body: made.body ? read(made.body, raw.body, () => refuse(sentence)) : undefined,
        } as Told<Path, v.InferOutput<Body>>),
    }
  }

/** @param refuse - told what would have been right, in the schema's words: `"up", "down"` */
function read(schema: v.GenericSchema, value: unknown, refuse: (known: string) => Error): unknown {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  throw refuse((result.issues[0].expected ?? '').replace(/^\(|\)$/g, '').replaceAll(' | ', ', '))
}
