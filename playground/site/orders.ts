import * as v from 'valibot'
import { Exchange } from '../requests/exchange.ts'
import { isShownTable, type ShownWrite } from './records.ts'

/** What can be made to go wrong between the site and those who call it. */
export const ANSWER_FAULTS = ['lose_answer', 'unavailable', 'delay', 'drop'] as const

export type AnswerFault = (typeof ANSWER_FAULTS)[number]

/** For how long a fault is on. */
export const FAULT_MODES = ['off', 'next', 'on'] as const

export type FaultMode = (typeof FAULT_MODES)[number]

/** What the playground says to its site: a JSON line each, on its standard input. */
const Order = v.union([
  v.object({ fault: v.picklist(ANSWER_FAULTS), mode: v.picklist(FAULT_MODES) }),
  /** Answered once everything before it was told. */
  v.object({ catchUp: v.number() }),
  /** Answered with a {@link Weight}. */
  v.object({ weigh: v.number() }),
])

export type Order = v.InferOutput<typeof Order>

/** What the site holds in memory once all garbage is gone. */
const Weight = v.object({
  /** Bytes of JavaScript objects, and of buffers outside their heap. */
  held: v.number(),
  /** How many records its store keeps, of all kinds. */
  records: v.number(),
})

export type Weight = v.InferOutput<typeof Weight>

/** What a party tells, and the site most of it: a JSON line each, on its standard output. */
const FromParty = v.union([
  v.object({
    told: v.array(
      v.custom<ShownWrite>(
        (write) =>
          typeof write === 'object' &&
          write !== null &&
          'table' in write &&
          isShownTable(write.table),
      ),
    ),
  }),
  v.object({ caughtUp: v.number() }),
  v.object({ weighed: v.number(), weight: Weight }),
  /** A message of the protocol came, and was answered or not. */
  v.object({ request: Exchange }),
  /** A fault that was for one request alone, and is over. */
  v.object({ met: v.picklist(ANSWER_FAULTS) }),
])

export type FromParty = v.InferOutput<typeof FromParty>

export const readOrder = (line: string): Order | undefined => readAs(Order, line)

export const readFromParty = (line: string): FromParty | undefined => readAs(FromParty, line)

function readAs<T extends v.GenericSchema>(schema: T, line: string): v.InferOutput<T> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const read = v.safeParse(schema, JSON.parse(line))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}
