import type { SignInRefusal } from '../../client/callback.ts'
import type { State } from '../../client/state.ts'
import { fromSeconds } from '../../clock/moment.ts'
import type { Me } from '../../protocol/me.ts'
import type { Person, View } from '../ipc/view.ts'
import type { Waiting } from './ways-back.ts'

/** What the site said when it turned the person away. */
export type Refusal = Pick<SignInRefusal, 'sentence' | 'reason' | 'at'>

/** The engine's state as the window shows it. */
export function personOf(state: State, waiting: Waiting, refusal: Refusal | undefined): Person {
  switch (state.at) {
    case 'starting':
      return { at: 'starting' }
    case 'signing_in':
      return { at: 'signing_in', ...waiting }
    case 'signed_out':
      return { at: 'signed_out', ended: state.ended, refusal: refusal && { ...refusal } }
    case 'signed_in':
      return { at: 'signed_in', me: state.me }
    case 'offline':
      return { at: 'offline', me: state.me, since: state.since }
  }
}

/** The lifetimes in force, read off the deadlines: for the sentence when one of them has passed. */
export const lifetimesOf = ({ session }: Me): NonNullable<View['lifetimes']> => ({
  idle: fromSeconds(session.idle_ends_at - session.refreshed_at),
  absolute: fromSeconds(session.absolute_ends_at - session.signed_in_at),
})
