import { type Duration, SECOND } from '../clock/moment.ts'

/** Long enough to read an id or to copy it. */
export const LOOK: Duration = 30 * SECOND

/** Does something after a while. @returns a function that calls it off */
export type Later = (delay: Duration, then: () => void) => () => void

export const later: Later = (delay, then) => {
  const timer = setTimeout(then, delay)
  return () => clearTimeout(timer)
}

/** Shows something for a while, and hides it by itself: whoever asked may have left the screen to others. */
export class BriefLook {
  readonly #later: Later
  readonly #changed: (shown: boolean) => void
  #callOff: (() => void) | undefined

  constructor(wait: Later, changed: (shown: boolean) => void) {
    this.#later = wait
    this.#changed = changed
  }

  show(): void {
    this.#callOff?.()
    this.#callOff = this.#later(LOOK, () => this.hide())
    this.#changed(true)
  }

  hide(): void {
    if (!this.#callOff) return
    this.#callOff()
    this.#callOff = undefined
    this.#changed(false)
  }
}
