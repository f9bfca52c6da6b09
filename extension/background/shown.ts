import * as v from 'valibot'
import type { Read } from '../../client/others.ts'
import type { State } from '../../client/state.ts'
import { browser } from '../platform.ts'
import { VIEW_KEY, View } from '../view.ts'
import { mark, notify } from './announce.ts'

/** Puts what is to be drawn where all windows see it; marks the toolbar; says what must be said. */
export async function show(view: View, state: State): Promise<View> {
  const drawable = withoutGaps(view)
  await browser.storage.session.set({ [VIEW_KEY]: drawable })
  await mark(state)
  await notify(state)
  return drawable
}

/** A missing property and one that holds `undefined` are the same to a message, not to a schema. */
const withoutGaps = (view: View): View => JSON.parse(JSON.stringify(view))

/** What a background before this one showed last, as far as this one can't find it out by itself at once. */
export async function lastShown(): Promise<
  { readonly read: Read; readonly problem: View['problem'] } | undefined
> {
  const { [VIEW_KEY]: kept } = await browser.storage.session.get(VIEW_KEY)
  const shown = v.safeParse(View, kept)
  if (!shown.success) return undefined
  const { state, devices, accounts, logins, problem } = shown.output
  const of = 'me' in state ? state.me?.user.id : undefined
  return { read: { of, known: { devices, accounts, logins } }, problem }
}
