import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'

const Place = v.object({
  x: v.exactOptional(v.pipe(v.number(), v.integer())),
  y: v.exactOptional(v.pipe(v.number(), v.integer())),
  width: v.pipe(v.number(), v.integer(), v.minValue(420), v.maxValue(4_000)),
  height: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(4_000)),
})

/** Where the window was, in the screen's own pixels. */
export type Place = v.InferOutput<typeof Place>

export const FIRST_PLACE: Place = { width: 560, height: 720 }

/** The last place that was written; the first one when there is none that makes sense. */
export function readPlace(file: string): Place {
  try {
    return v.parse(Place, JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return FIRST_PLACE
  }
}

/** Whether any of it can be seen: a screen may be gone since. */
export const isVisible = (place: Place, screens: readonly Place[]): boolean =>
  place.x === undefined ||
  place.y === undefined ||
  screens.some(
    ({ x = 0, y = 0, width, height }) =>
      (place.x ?? 0) < x + width - 40 &&
      (place.x ?? 0) + place.width > x + 40 &&
      (place.y ?? 0) < y + height - 40 &&
      (place.y ?? 0) >= y - 10,
  )

/** Written for comfort only: a place that can't be written is no reason to say anything. */
export function writePlace(file: string, place: Place): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify(place))
    renameSync(`${file}.new`, file)
  } catch {
    // The window opens at the first place the next time.
  }
}
