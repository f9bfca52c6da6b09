import { FAULT_NAMES, type Fault, type Mode, type Place } from './catalogue.ts'

/** What a fault may be told besides. */
export interface FaultDetails {
  /** One endpoint, of the faults that any can have; left out: all of them. */
  readonly at?: Place | undefined
  /** Of `refused`: `AADB2C90091`. */
  readonly code?: string | undefined
  /** Of `slow`: how late; of 429 and 503: `Retry-After`. */
  readonly seconds?: number | undefined
  /** Of `missing-claim`. */
  readonly claim?: string | undefined
}

export interface FaultSet extends FaultDetails {
  readonly fault: Fault
  readonly mode: Exclude<Mode, 'off'>
}

/** Which faults are on. */
export class Faults {
  readonly #on = new Map<Fault, FaultSet>()
  readonly #met: (fault: Fault) => void

  /** @param met - told each time that one is done */
  constructor(met: (fault: Fault) => void = () => undefined) {
    this.#met = met
  }

  get all(): readonly FaultSet[] {
    return [...this.#on.values()]
  }

  set(fault: Fault, mode: Mode, details: FaultDetails = {}): void {
    if (mode === 'off') this.#on.delete(fault)
    else this.#on.set(fault, { ...details, fault, mode })
  }

  clear(): void {
    this.#on.clear()
  }

  /** Whether the fault is on, and not yet done. */
  has(fault: Fault): boolean {
    return this.#on.has(fault)
  }

  /**
   * Whether the fault is to be done here and now; once told, one for the next request is off.
   *
   * @param at - left out, for faults that have a place of their own
   */
  take(fault: Fault, at?: Place): FaultSet | undefined {
    const found = this.#on.get(fault)
    if (!found || (found.at !== undefined && found.at !== at)) return undefined
    if (found.mode === 'next') this.#on.delete(fault)
    this.#met(fault)
    return found
  }
}

export const isFault = (name: string): name is Fault => FAULT_NAMES.some((fault) => fault === name)
