/** What the host tells the test that started it, and what the test may ask. */
export type HostEvent =
  | { readonly event: 'window'; readonly endpoint: string; readonly target: string }
  | {
      readonly event: 'answer'
      readonly number: number
      readonly value?: unknown
      readonly failure?: string
    }

export interface Question {
  readonly number: number
  /** Source of `(electron, argument) => value`. */
  readonly source: string
  readonly argument: unknown
}

export function tell(event: HostEvent): void {
  process.send?.(event)
}
