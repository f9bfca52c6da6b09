import { isOwnDoing } from '../../client/held.ts'
import type { State } from '../../client/state.ts'
import { endingInWords } from '../../protocol/reasons.ts'
import type { Notice } from './ports.ts'

/**
 * What the desktop says when somebody was signed in and is no longer, without having asked for it.
 * Once for each ending, for a state is entered once.
 */
export function noticeOf(before: State, now: State): Notice | undefined {
  const wasIn = before.at === 'signed_in' || before.at === 'offline'
  if (!wasIn || now.at !== 'signed_out') return undefined
  const { ended = {} } = now
  if (isOwnDoing(ended)) return undefined
  const { title, sentence } = endingInWords(ended)
  return { title, body: sentence }
}
