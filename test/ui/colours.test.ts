import { expect, test } from 'vitest'
import { STYLE } from '../../ui/style.ts'
import { COLOURS, type ColourName } from '../../ui/tokens.ts'

/** WCAG 2.2, "relative luminance". */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const pairs: readonly (readonly [ColourName, ColourName, number])[] = [
  ...(['text', 'muted', 'accent', 'good', 'warn', 'bad'] as const).flatMap((name) => [
    [name, 'ground', 4.5] as const,
    [name, 'raised', 4.5] as const,
  ]),
  ['on-accent', 'accent', 4.5],
  ['edge', 'ground', 3],
  ['edge', 'raised', 3],
]

test.each(pairs)('%s on %s keeps %f:1, in light and in dark', (front, back, least) => {
  for (const scheme of ['light', 'dark'] as const) {
    expect(contrast(COLOURS[front][scheme], COLOURS[back][scheme])).toBeGreaterThanOrEqual(least)
  }
})

test('the stylesheet reaches the page as it is written: nothing in it is escaped as text', () => {
  expect(STYLE).not.toMatch(/[<&"]/)
})
