import type { State } from '../../client/state.ts'
import { inWords } from '../../protocol/reasons.ts'
import type { Notice } from './ports.ts'

/**
 * What the desktop says when somebody was signed in and is no longer, without having asked for it.
 * Once for each ending, for a state is entered once.
 */
export function noticeOf(before: State, now: State): Notice | undefined {
  const wasIn = before.at === 'signed_in' || before.at === 'offline'
  if (!wasIn || now.at !== 'signed_out') return undefined
  const { ended } = now
  if (ended?.reason === 'signed_out' && ended.actor === 'user') return undefined
  if (ended?.reason === undefined) {
    return { title: 'Signed out', body: 'Open Latchkey to sign in again.' }
  }
  const { title, sentence } = inWords(ended.reason, ended)
  return { title, body: sentence }
}
