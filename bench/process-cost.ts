import { readFileSync } from 'node:fs'

/** What a process has taken so far. */
export interface ProcessCost {
  readonly cpuSeconds: number
  readonly rssBytes: number
}

/** Linux counts processor time for user space in hundredths of a second, on every architecture. */
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** Reads `/proc/<pid>/stat` (proc(5)); `undefined` where there is none. */
export function readCost(pid: number): ProcessCost | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined
  }
  // The second field is the program's name and may hold anything; its end is the last parenthesis.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssBytes: Number(fields[21]) * PAGE_BYTES,
  }
}
