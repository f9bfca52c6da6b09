import * as v from 'valibot'
import { Happening } from '../history/happening.ts'

export const ClockShown = v.object({
  /** ISO 8601, UTC. */
  now: v.string(),
  now_ms: v.number(),
  offset_ms: v.number(),
  /** Those whose due work advancing waits for. */
  parties: v.array(v.string()),
})

export type ClockShown = v.InferOutput<typeof ClockShown>

export const Advanced = v.object({
  ...ClockShown.entries,
  /** What came due on the way, in order. */
  happened: v.array(
    v.object({ at: v.string(), at_ms: v.number(), party: v.string(), name: v.string() }),
  ),
})

export type Advanced = v.InferOutput<typeof Advanced>

export const HistoryPage = v.object({
  happenings: v.array(Happening),
  /** Give it as `after` to go on. */
  next: v.number(),
})

export type HistoryPage = v.InferOutput<typeof HistoryPage>
