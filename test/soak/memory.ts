import type { Weight } from '../../playground/site/orders.ts'

const MIB = 1 << 20

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** How much more the last part of a run may hold without a record more: code is compiled, tables grow in steps. */
const LEEWAY = 1.2

/** Bytes that a record takes, with its place in the indexes: 1.1 KiB were measured at a million sessions. */
const OF_A_RECORD = 2048

/** Fewer looks than these show nothing: a process grows up for minutes. */
const LEAST_LOOKS = 24

/**
 * Whether memory has come to a plateau: what the last quarter of the looks holds more than the second one is
 * explained by the records that came to it, above all lines of the audit log, which are kept for 400 days.
 * The first quarter is left to the process for growing up.
 *
 * @param looks - in equal steps
 * @returns `undefined` when it has, or what was measured, in words
 */
export function growthOf(looks: readonly Weight[]): string | undefined {
  if (looks.length < LEAST_LOOKS) return undefined
  const quarter = Math.floor(looks.length / 4)
  const before = looks.slice(quarter, 2 * quarter)
  const after = looks.slice(-quarter)
  const [held, more] = [heldIn(before), recordsIn(after) - recordsIn(before)]
  const allowed = held * LEEWAY + Math.max(0, more) * OF_A_RECORD
  return heldIn(after) <= allowed
    ? undefined
    : `memory grew from ${inMib(held)} to ${inMib(heldIn(after))} MiB, while ${more} records were added`
}

const heldIn = (looks: readonly Weight[]) => median(looks.map(({ held }) => held))
const recordsIn = (looks: readonly Weight[]) => median(looks.map(({ records }) => records))

export const inMib = (bytes: number): string => (bytes / MIB).toFixed(1)
