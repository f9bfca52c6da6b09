import * as v from 'valibot'
import { TrailEntry } from '../../mock-provider/trail.ts'
import { PEOPLE } from '../people.ts'
import type { TrailShown } from './trail-shown.ts'

/** What the provider tells of itself, from its control API. */
export const TrailPage = v.object({ entries: v.array(TrailEntry) })

/** So many of the last ones are kept. */
const KEPT = 100

/** What the provider did and why it refused something, as far as no message shows it. */
export class ProviderTrail {
  #shown: readonly TrailShown[] = []
  #last = 0

  /** The newest first. */
  get shown(): readonly TrailShown[] {
    return this.#shown
  }

  /** The number of what is known. */
  get last(): number {
    return this.#last
  }

  add(entries: readonly TrailEntry[]): void {
    const fresh = entries
      .filter(({ number }) => number > this.#last)
      .flatMap((entry) => {
        const says = inWords(entry)
        return says === undefined ? [] : [{ number: entry.number, at: entry.at, says }]
      })
    this.#last = entries.at(-1)?.number ?? this.#last
    this.#shown = [...fresh.toReversed(), ...this.#shown].slice(0, KEPT)
  }

  /** A provider that starts anew counts anew. */
  clear(): void {
    this.#shown = []
    this.#last = 0
  }
}

/** `undefined`: a message of the protocol shows the same. */
export function inWords(entry: TrailEntry): string | undefined {
  const { event, endpoint = 'something', person = 'somebody', code, error, why, fault } = entry
  switch (event) {
    case 'signed-in':
      return `${nameOf(person)} proved who they are.`
    case 'refused': {
      const names = [code, error].filter((name) => name !== undefined).join(', ')
      return `Refused ${endpoint}${names === '' ? '' : ` (${names})`}${why === undefined ? '.' : `: ${why}`}`
    }
    case 'mail':
      return `A mail went to ${person}.`
    case 'fault':
      return `The fault ${fault} was done.`
    case 'answered':
    case 'control':
      return undefined
  }
}

const nameOf = (oid: string): string => PEOPLE.find((one) => one.oid === oid)?.name ?? oid
