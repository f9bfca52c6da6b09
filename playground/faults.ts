import { ANSWER_FAULTS, type AnswerFault, type FaultMode } from './site/orders.ts'

/** Faults of the provider that its control API knows; it has many more. */
export const PROVIDER_FAULTS = ['sticky-session', 'ignored-prompt-login'] as const

export type ProviderFault = (typeof PROVIDER_FAULTS)[number]

/** Faults of a client's own machine: those that follow the playground ask for them (`/faults/{fault}/take`). */
export const CLIENT_FAULTS = ['slow_keychain'] as const

export type ClientFault = (typeof CLIENT_FAULTS)[number]

export const FAULTS = [...ANSWER_FAULTS, ...PROVIDER_FAULTS, ...CLIENT_FAULTS] as const

export type Fault = (typeof FAULTS)[number]

export const FAULT_WORDS = {
  lose_answer: [
    'Lose an answer',
    'The site does what a client asks; the client never hears of it.',
  ],
  unavailable: ['503', 'The site answers clients that it is unavailable.'],
  delay: ['Delay', 'Each answer to a client comes three seconds late.'],
  drop: ['Drop', 'The connection breaks before the site has heard anything.'],
  'sticky-session': [
    'Sticky provider',
    'The provider keeps its session at a logout: the purge can’t be proven.',
  ],
  'ignored-prompt-login': [
    'Ignored prompt',
    'A session of the provider answers, although prompt=login asks for the person.',
  ],
  slow_keychain: [
    'Slow keychain',
    'The keychain of a desktop app that follows this clock does not answer in time.',
  ],
} as const satisfies Record<Fault, readonly [name: string, says: string]>

export const isAnswerFault = (fault: Fault): fault is AnswerFault =>
  (ANSWER_FAULTS as readonly string[]).includes(fault)

export const isProviderFault = (fault: Fault): fault is ProviderFault =>
  (PROVIDER_FAULTS as readonly string[]).includes(fault)

/** Which faults are on, as far as the console has switched them; a party that starts anew has none. */
export class FaultBoard {
  readonly #modes = new Map<Fault, FaultMode>()

  mode(fault: Fault): FaultMode {
    return this.#modes.get(fault) ?? 'off'
  }

  set(fault: Fault, mode: FaultMode): void {
    this.#modes.set(fault, mode)
  }

  /** Whether one of them waits for the next request. */
  isWaiting(faults: readonly Fault[]): boolean {
    return faults.some((fault) => this.mode(fault) === 'next')
  }

  /** They end with the party whose they are. */
  forget(faults: readonly Fault[]): void {
    for (const fault of faults) this.#modes.delete(fault)
  }
}
