import type { State } from '../../client/state.ts'
import type { Person } from '../ipc/view.ts'
import type { Waiting } from './ways-back.ts'

/** The engine's state as the window shows it. */
export function personOf(state: State, waiting: Waiting): Person {
  switch (state.at) {
    case 'starting':
      return { at: 'starting' }
    case 'signing_in':
      return { at: 'signing_in', ...waiting }
    case 'signed_out':
      return { at: 'signed_out', ended: state.ended }
    case 'signed_in':
      return { at: 'signed_in', me: state.me }
    case 'offline':
      return { at: 'offline', me: state.me, since: state.since }
  }
}
