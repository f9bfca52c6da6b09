import type { JSX } from 'preact'
import type { SigningIn as SigningInPerson } from '../../ipc/view.ts'
import { ask } from '../api.ts'

const TITLES = {
  opened: 'Go on in your browser',
  not_opened: 'Your browser did not open',
  earlier: 'You were signing in',
} as const satisfies Record<SigningInPerson['browser'], string>

const SENTENCES = {
  opened: 'Sign in there; you come back here by yourself.',
  not_opened: 'Copy the link and open it in your browser yourself.',
  earlier: 'The app was closed meanwhile. Finish it in your browser, or open it again.',
} as const satisfies Record<SigningInPerson['browser'], string>

/** Waiting for the person: what to do if nothing happened is there from the start. */
export function SigningIn({ person }: { readonly person: SigningInPerson }): JSX.Element {
  const { latchkey } = window
  if (person.step !== 'in_browser') {
    return (
      <>
        <h1>{person.step === 'preparing' ? 'One moment' : 'Signing you in'}</h1>
        <Cancel />
      </>
    )
  }
  return (
    <>
      <h1>{TITLES[person.browser]}</h1>
      <p>{SENTENCES[person.browser]}</p>
      <h2>Nothing happened?</h2>
      <div class="row">
        <button type="button" onClick={ask(latchkey.openAgain)}>
          Open the browser again
        </button>
        <button type="button" onClick={ask(latchkey.copyLink)}>
          Copy the link
        </button>
        {person.way === 'loopback' && (
          <button type="button" onClick={ask(() => latchkey.signIn('link'))}>
            Come back by an app link
          </button>
        )}
      </div>
      <Cancel />
    </>
  )
}

const Cancel = () => (
  <button type="button" class="quiet" onClick={ask(window.latchkey.cancelSignIn)}>
    Cancel
  </button>
)
