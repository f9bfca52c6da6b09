import * as v from 'valibot'

const Fields = v.record(v.string(), v.string())

/** One message to the site and its answer; what may be a secret is a fingerprint. */
export const Exchange = v.object({
  method: v.string(),
  /** Without its query. */
  path: v.string(),
  /** `null`: nobody got an answer. */
  status: v.nullable(v.number()),
  sent: Fields,
  answered: Fields,
})

export type Exchange = v.InferOutput<typeof Exchange>

/** As the console tells it. */
export const ExchangeShown = v.object({
  ...Exchange.entries,
  number: v.number(),
  at: v.number(),
  /** What kind of message it is, and where a standard says so. */
  says: v.string(),
  standard: v.string(),
})

export type ExchangeShown = v.InferOutput<typeof ExchangeShown>
