import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import { Page } from '../../ui/page.tsx'
import type { Farewell } from '../people/deletion.ts'
import { AccountLinks, ProveFirst } from './account-links.tsx'

const HERE = '/account/delete'

const FAREWELL_WORDS = {
  leave: 'You leave it; it goes on.',
  close: 'Nobody else is in it: it is closed with you.',
  keeps_them:
    'Others are in it, and you alone own it: make somebody else an owner, or close it, first.',
} as const satisfies Record<Farewell, string>

/** Deleting oneself: what becomes of everything, and a word to type. */
export function deletePage({
  accounts,
  confirmation,
  fresh,
  signInPath,
  ahead,
}: {
  readonly accounts: readonly { readonly name: string; readonly farewell: Farewell }[]
  /** What the person has to type. */
  readonly confirmation: string
  readonly fresh: boolean
  readonly signInPath: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  const kept = accounts.some(({ farewell }) => farewell === 'keeps_them')
  return (
    <Page title="Delete your user" ahead={ahead}>
      <AccountLinks here={HERE} />
      <h1>Delete your user</h1>
      <p>
        You are signed out everywhere, and your name and address are wiped here. You can’t sign in
        here again with what you sign in with now, and nobody can undo it.
      </p>
      <dl>
        {accounts.map(({ name, farewell }) => (
          <>
            <dt>{name}</dt>
            <dd>{FAREWELL_WORDS[farewell]}</dd>
          </>
        ))}
      </dl>
      {!kept && fresh && (
        <form method="post" action={HERE} class="card">
          <label for="confirm">
            To be sure, type <strong>{confirmation}</strong>
          </label>
          <input id="confirm" name="confirm" autocomplete="off" required />
          <button class="button" type="submit">
            Delete my user
          </button>
        </form>
      )}
      {!kept && !fresh && (
        <ProveFirst signInPath={signInPath} here={HERE} what="Deleting your user" />
      )}
    </Page>
  )
}
