import { DAY, type Duration, HOUR, MINUTE, SECOND } from './moment.ts'

const UNITS = {
  ms: 1,
  s: SECOND,
  min: MINUTE,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
} as const satisfies Record<string, Duration>

const PART = /(\d+)\s*(ms|min|s|m|h|d|w)\s*/y

/**
 * Reads a length of time in words: `14d`, `61min`, `14d 1s`, `90s`.
 *
 * @returns milliseconds, or `undefined` when the text is not a length of time.
 */
export function parseDuration(text: string): Duration | undefined {
  const words = text.trim()
  if (words === '') return undefined
  let total = 0
  PART.lastIndex = 0
  while (PART.lastIndex < words.length) {
    const part = PART.exec(words)
    if (!part) return undefined
    total += Number(part[1]) * UNITS[part[2] as keyof typeof UNITS]
  }
  return Number.isSafeInteger(total) ? total : undefined
}

const SHORTEST_FIRST = ['ms', 's', 'min', 'h', 'd'] as const

/** The opposite of {@link parseDuration}, to the millisecond: `14d 1s`. */
export function durationText(duration: Duration): string {
  let rest = duration
  const parts: string[] = []
  for (const unit of SHORTEST_FIRST.toReversed()) {
    const count = Math.floor(rest / UNITS[unit])
    rest -= count * UNITS[unit]
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.join(' ') || '0s'
}

/** Each unit with the next smaller one, to which it is rounded first: never `60 minutes`. */
const IN_WORDS = [
  [DAY, HOUR, 'day'],
  [HOUR, MINUTE, 'hour'],
  [MINUTE, SECOND, 'minute'],
  [SECOND, 1, 'second'],
] as const

/** A larger unit is used only if rounding to it is off by no more than this: 36 h are not 2 days. */
const CLOSE_ENOUGH = 0.05

/** Says a length of time as people would: `two weeks` is for prose, this says `14 days`, `36 hours`. */
export function durationInWords(duration: Duration): string {
  for (const [unit, smaller, name] of IN_WORDS) {
    const rounded = Math.round(duration / smaller) * smaller
    const count = Math.round(rounded / unit)
    const off = unit === SECOND ? 0 : Math.abs(count * unit - rounded)
    if (rounded < unit || off > CLOSE_ENOUGH * rounded) continue
    return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  return 'less than a second'
}
