import type { Clock } from '../../clock/clock.ts'
import type { Faults } from '../faults/faults.ts'
import type { SigningKeys } from '../keys.ts'
import type { Logins } from '../logins.ts'
import type { Mails } from '../mails.ts'
import type { People } from '../people.ts'
import type { ServedPolicy } from '../server.ts'
import type { Store } from '../store.ts'
import type { Trail } from '../trail.ts'

/** What the control API reaches. */
export interface Desk {
  readonly clock: Clock
  readonly policies: readonly ServedPolicy[]
  readonly people: People
  readonly logins: Logins
  readonly store: Store
  readonly keys: SigningKeys
  readonly mails: Mails
  readonly faults: Faults
  readonly trail: Trail
}

/** As at the start, but for the signing keys, which applications may have kept. */
export function reset({ people, logins, store, mails, faults, trail }: Desk): void {
  people.reset()
  logins.clear()
  store.clear()
  mails.clear()
  faults.clear()
  trail.clear()
}
