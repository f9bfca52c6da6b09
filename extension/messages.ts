import * as v from 'valibot'
import { Configuration } from './configuration.ts'
import { browser } from './platform.ts'
import { PurgeReport, View } from './view.ts'

const Empty = v.object({})

/** What a service answered: never with a token in it. */
export const ServiceAnswer = v.variant('kind', [
  v.object({ kind: v.literal('ok'), status: v.number(), body: v.string() }),
  v.object({ kind: v.literal('retry_later') }),
  v.object({ kind: v.literal('ended') }),
  v.object({ kind: v.literal('refused'), sentence: v.string() }),
])

export type ServiceAnswer = v.InferOutput<typeof ServiceAnswer>

/** Each question to the background, and the shape of its answer. Both ends check both. */
export const MESSAGES = {
  view: { asks: Empty, answers: View },
  sign_in: { asks: Empty, answers: View },
  sign_out: { asks: Empty, answers: View },
  try_again: { asks: Empty, answers: View },
  /** Calls the first service on the person's behalf. */
  call_service: { asks: v.object({ path: v.string() }), answers: ServiceAnswer },
  configuration: { asks: Empty, answers: Configuration },
  configure: { asks: Configuration, answers: v.object({ ok: v.literal(true) }) },
  /** Ends the session, and forgets the key and everything else of this installation. */
  forget_device: { asks: Empty, answers: View },
  purge: { asks: Empty, answers: PurgeReport },
  allow_page: {
    asks: v.object({ origin: v.string() }),
    answers: v.object({ ok: v.literal(true) }),
  },
  /** From a page that the person allowed, by our content script; the only one that pages may send. */
  page_request: { asks: v.object({ path: v.string() }), answers: ServiceAnswer },
} as const

export type MessageName = keyof typeof MESSAGES

export type Asks<M extends MessageName> = v.InferOutput<(typeof MESSAGES)[M]['asks']>
export type Answers<M extends MessageName> = v.InferOutput<(typeof MESSAGES)[M]['answers']>

export const isMessageName = (name: unknown): name is MessageName =>
  typeof name === 'string' && Object.hasOwn(MESSAGES, name)

/** How a message crosses from one part of the extension to another. */
export const Envelope = v.object({ latchkey: v.string(), with: v.unknown() })

/** @throws what the background throws, as a sentence */
export async function ask<M extends MessageName>(name: M, asks: Asks<M>): Promise<Answers<M>> {
  const envelope: v.InferInput<typeof Envelope> = { latchkey: name, with: asks }
  const answer: unknown = await browser.runtime.sendMessage(envelope)
  return v.parse(MESSAGES[name].answers, answer) as Answers<M>
}
