import { readFileSync } from 'node:fs'

/** Resident memory of a process in MiB; `undefined` when there is no such process. */
export function residentMemory(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return (pages * 4096) / (1 << 20)
  } catch {
    return undefined
  }
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** How much more than before the last part of a run may hold: what a garbage collector leaves to chance. */
const LEEWAY = 1.2

/** Fewer seconds than these show nothing: a process grows up for minutes. */
const LEAST_SAMPLES = 240

/**
 * Whether memory has come to a plateau: the last quarter of the samples holds hardly more than the
 * second one. The first is left to the process for growing up.
 *
 * @param samples one a second
 * @returns `undefined` when it has, or what was measured, in words
 */
export function growthOf(samples: readonly number[]): string | undefined {
  if (samples.length < LEAST_SAMPLES) return undefined
  const quarter = Math.floor(samples.length / 4)
  const before = median(samples.slice(quarter, 2 * quarter))
  const after = median(samples.slice(-quarter))
  return after <= before * LEEWAY
    ? undefined
    : `memory grew from ${before.toFixed(0)} to ${after.toFixed(0)} MiB and shows no plateau`
}
