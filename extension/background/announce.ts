import { type Ending, isOwnDoing } from '../../client/held.ts'
import type { State } from '../../client/state.ts'
import { endingInWords } from '../../protocol/reasons.ts'
import { browser } from '../platform.ts'

const TOLD_KEY = 'told'

/** The mark on the toolbar: a shape besides the colour, and a title for screen readers. */
const MARKS = {
  none: { text: '', title: 'Latchkey' },
  ended: { text: '!', title: 'Latchkey: you are signed out' },
  offline: { text: '…', title: 'Latchkey: still signed in, the site can’t be reached' },
} as const

export async function mark(state: State): Promise<void> {
  const { text, title } = MARKS[markOf(state)]
  await browser.action.setBadgeText({ text })
  await browser.action.setBadgeBackgroundColor({ color: '#855400' })
  await browser.action.setTitle({ title })
}

function markOf(state: State): keyof typeof MARKS {
  if (state.at === 'offline') return 'offline'
  return forcedEndingIn(state) ? 'ended' : 'none'
}

const forcedEndingIn = (state: State): Ending | undefined =>
  state.at === 'signed_out' && state.ended && !isOwnDoing(state.ended) ? state.ended : undefined

/** Says once, for each ending, that the person has to sign in again, and why. */
export async function notify(state: State): Promise<void> {
  const ended = forcedEndingIn(state)
  if (!ended) return
  const which = `${ended.reason ?? 'lost'} ${ended.at ?? ''}`
  const { [TOLD_KEY]: told } = await browser.storage.local.get(TOLD_KEY)
  if (told === which) return
  // Written first: twice would be worse than not at all, for the popup says it too.
  await browser.storage.local.set({ [TOLD_KEY]: which })
  const { title, sentence } = endingInWords(ended)
  await browser.notifications.create({
    type: 'basic',
    iconUrl: browser.runtime.getURL('icons/128.png'),
    title,
    message: sentence,
  })
}
