import { type ExchangeShown, SPEAKERS, type Speaker } from './exchange.ts'
import { wantsNonce } from './explained.ts'

/** What messages belong to, told by the one that each of them has; the first that fits. */
const KINDS = {
  sign_in: ['Sign-in', 'GET /signin'],
  refresh: ['Refresh', 'POST /refresh'],
  delivery: ['Delivery', 'POST /webhooks'],
  sign_out: ['Sign-out', 'POST /revoke'],
  registration: ['Registration', 'POST /devices'],
} as const satisfies Record<string, readonly [name: string, message: string]>

export type FlowKind = keyof typeof KINDS

const KIND_NAMES = Object.keys(KINDS) as FlowKind[]

/** One thing that parties do together, message by message. */
export interface Flow {
  /** Of its first message. */
  readonly number: number
  readonly kind: FlowKind
  readonly name: string
  /** In the order in which they were sent. */
  readonly exchanges: readonly ExchangeShown[]
}

/** What runs through a flow from message to message, sent or given by an answer to be sent on. */
const THREADS = ['state', 'code', 'tx', 'idempotency-key', 'webhook-id'] as const

/**
 * Puts messages together that belong to one flow: by what runs through them, by what was asked while another
 * was being answered, and by the nonce that the one before was told. What is alone by nature is left out.
 */
export function flowsOf(exchanges: readonly ExchangeShown[]): readonly Flow[] {
  const flows = new Set<ExchangeShown[]>()
  const byThread = new Map<string, ExchangeShown[]>()
  /** By the device that was registered, until somebody signs in on it: the next sign-in there is another flow. */
  const registrations = new Map<string, ExchangeShown[]>()
  for (const exchange of exchanges.toSorted((a, b) => a.began - b.began)) {
    const { device_id: device = '' } = exchange.sent
    const [flow = [], ...others] = new Set([
      ...(isSignIn(exchange) ? defined(registrations.get(device)) : []),
      ...threadsOf(exchange).flatMap((thread) => defined(byThread.get(thread))),
      ...[...flows].filter((one) => one.some((before) => leadsTo(before, exchange))),
    ])
    for (const other of others) flows.delete(other)
    flow.push(...others.flat(), exchange)
    flows.add(flow)
    for (const one of flow) for (const thread of threadsOf(one)) byThread.set(thread, flow)
    if (isSignIn(exchange)) registrations.delete(device)
    const { device_id: registered } = exchange.answered
    if (exchange.path === '/devices' && registered !== undefined)
      registrations.set(registered, flow)
  }
  return [...flows].flatMap(flowOf).sort((a, b) => a.number - b.number)
}

const defined = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value])

const isSignIn = ({ method, path }: ExchangeShown): boolean => `${method} ${path}` === 'GET /signin'

const threadsOf = ({ sent, answered }: ExchangeShown): readonly string[] =>
  THREADS.flatMap((name) =>
    [sent[name], answered[name]].flatMap((value) =>
      value === undefined ? [] : `${name} ${value}`,
    ),
  )

/** Whether `next` was sent because of `one`, though nothing in it says so. */
const leadsTo = (one: ExchangeShown, next: ExchangeShown): boolean =>
  triedAgain(one, next) || askedMeanwhile(one, next)

/** A registration has nothing else in common with the one that was told the nonce. */
const triedAgain = (one: ExchangeShown, next: ExchangeShown): boolean =>
  one.path === '/devices' &&
  next.path === '/devices' &&
  wantsNonce(one.answered) &&
  one.sent.name === next.sent.name &&
  one.ended <= next.began

const askedMeanwhile = (one: ExchangeShown, next: ExchangeShown): boolean =>
  one.from === 'browser' &&
  one.to === next.from &&
  one.began <= next.began &&
  next.ended <= one.ended

function flowOf(unordered: readonly ExchangeShown[]): readonly Flow[] {
  const exchanges = unordered.toSorted((a, b) => a.began - b.began)
  const kind = KIND_NAMES.find((name) =>
    exchanges.some(({ method, path }) => `${method} ${path}` === KINDS[name][1]),
  )
  const [first] = exchanges
  if (!kind || !first) return []
  return [{ number: first.number, kind, name: KINDS[kind][0], exchanges }]
}

/** One arrow of a sequence diagram. */
export interface Step {
  readonly exchange: ExchangeShown
  readonly goes: 'there' | 'back'
}

/** A flow's messages and answers as they went, one after the other. */
export const stepsOf = ({ exchanges }: Flow): readonly Step[] =>
  exchanges
    .flatMap((exchange) => [
      { at: exchange.began, step: { exchange, goes: 'there' } as const },
      { at: exchange.ended, step: { exchange, goes: 'back' } as const },
    ])
    .sort((a, b) => a.at - b.at)
    .map(({ step }) => step)

/** Who takes part, in the order in which they stand in a diagram. */
export const speakersOf = ({ exchanges }: Flow): readonly Speaker[] =>
  SPEAKERS.filter((speaker) => exchanges.some(({ from, to }) => from === speaker || to === speaker))
