import * as v from 'valibot'
import { Id } from '../protocol/ids.ts'
import { DisableLogins } from '../protocol/my-logins.ts'
import { Configuration } from './configuration.ts'
import { PurgeReport, View } from './view.ts'

const Empty = v.object({})

const Pages = v.array(v.string())

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
  switch_account: { asks: v.object({ id: Id }), answers: View },
  /** By the id of its session. */
  end_device: { asks: v.object({ id: Id }), answers: View },
  end_others: { asks: Empty, answers: View },
  disable_logins: { asks: DisableLogins, answers: View },
  /** Calls the first service on the person's behalf. */
  call_service: { asks: v.object({ path: v.string() }), answers: ServiceAnswer },
  configuration: { asks: Empty, answers: Configuration },
  configure: { asks: Configuration, answers: v.object({ ok: v.literal(true) }) },
  /** Ends the session, and forgets the key and everything else of this installation. */
  forget_device: { asks: Empty, answers: View },
  purge: { asks: Empty, answers: PurgeReport },
  /** Pages that may call the service through us, as origins; each answers with all of them. */
  pages: { asks: Empty, answers: Pages },
  allow_page: { asks: v.object({ page: v.string() }), answers: Pages },
  disallow_page: { asks: v.object({ page: v.string() }), answers: Pages },
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
