import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'
import type { ClockTick } from '../clock/hub.ts'
import { PlaygroundFailure } from './failure.ts'

const ClockFile = v.object({ epoch: v.string(), offset: v.pipe(v.number(), v.minValue(0)) })

export type ClockFile = v.InferOutput<typeof ClockFile>

/**
 * Where time stood in this data folder: it must never go back against what was stored (DESIGN §7).
 *
 * @returns `undefined` when the folder is new
 * @throws PlaygroundFailure when the file can't be read
 */
export function readClockFile(file: string): ClockFile | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return v.parse(ClockFile, JSON.parse(text))
  } catch {
    throw new PlaygroundFailure(
      `${file} doesn't say where time stood: repair it, or remove the whole folder to begin anew.`,
    )
  }
}

/** Written before anybody hears of the new time, hence synchronously; atomic by renaming. */
export function writeClockFile(file: string, { epoch, offset }: ClockTick): void {
  const fresh = `${file}.new`
  writeFileSync(fresh, `${JSON.stringify({ epoch, offset })}\n`, { mode: 0o600 })
  renameSync(fresh, file)
}
