import * as v from 'valibot'

const Fields = v.record(v.string(), v.string())

/** Who speaks to whom; clients and browsers only ask. */
export const SPEAKERS = ['client', 'browser', 'site', 'provider', 'service'] as const

export type Speaker = (typeof SPEAKERS)[number]

/** What became of a webhook's signature (Standard Webhooks, "Verifying webhook authenticity"). */
export const SignatureCheck = v.object({
  valid: v.boolean(),
  /** What was signed: id, timestamp and body, joined by dots. */
  signed: v.string(),
})

export type SignatureCheck = v.InferOutput<typeof SignatureCheck>

/** One message to a party and its answer, as that party tells it; what may be a secret is a fingerprint. */
export const Exchange = v.object({
  method: v.string(),
  /** Without its query. */
  path: v.string(),
  /** `null`: nobody got an answer. */
  status: v.nullable(v.number()),
  sent: Fields,
  /** Of a redirect: what the browser is to carry on. */
  answered: Fields,
  /** When it came and when it was answered, on a clock that all processes of this machine share: for the order alone. */
  began: v.number(),
  ended: v.number(),
  /** Of a webhook. */
  signature: v.optional(SignatureCheck),
})

export type Exchange = v.InferOutput<typeof Exchange>

/** As the console tells it. */
export const ExchangeShown = v.object({
  ...Exchange.entries,
  number: v.number(),
  at: v.number(),
  from: v.picklist(SPEAKERS),
  to: v.picklist(SPEAKERS),
  /** What kind of message it is, and where a standard says so. */
  says: v.string(),
  standard: v.string(),
})

export type ExchangeShown = v.InferOutput<typeof ExchangeShown>
