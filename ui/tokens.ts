/** A colour in light and in dark surroundings. */
export interface Colour {
  readonly light: string
  readonly dark: string
}

/**
 * The colours of every screen. Text on `ground` and `raised` keeps 4.5:1, marks and the edges of
 * controls 3:1 (WCAG 2.2 §1.4.3, §1.4.11); a test measures it.
 */
export const COLOURS = {
  ground: { light: '#faf9f7', dark: '#16181b' },
  raised: { light: '#ffffff', dark: '#1f2226' },
  text: { light: '#1c1e21', dark: '#e8eaed' },
  muted: { light: '#5b6068', dark: '#a6acb4' },
  /** Hairlines that only group. */
  line: { light: '#dddcd8', dark: '#353a40' },
  /** Edges that say "this is a control". */
  edge: { light: '#80858d', dark: '#7d838b' },
  /** For the one thing to do on a screen. */
  accent: { light: '#1d5bb8', dark: '#8fb8f6' },
  'on-accent': { light: '#ffffff', dark: '#0d2240' },
  good: { light: '#19703f', dark: '#74cf98' },
  warn: { light: '#855400', dark: '#efc06a' },
  bad: { light: '#ad2a20', dark: '#f49a90' },
} as const satisfies Record<string, Colour>

export type ColourName = keyof typeof COLOURS

/** The colours as custom properties; `color-scheme` on the root decides between the two. */
export const colourProperties = (): string =>
  Object.entries(COLOURS)
    .map(([name, { light, dark }]) => `--${name}: light-dark(${light}, ${dark});`)
    .join('\n  ')
