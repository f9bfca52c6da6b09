import type { JSX } from 'preact'
import { inWords } from '../../../protocol/reasons.ts'
import { Notice } from '../../../ui/notice.tsx'
import type { Person, View } from '../../ipc/view.ts'
import { ask } from '../api.ts'

type SignedOutPerson = Extract<Person, { at: 'signed_out' }>

export interface SignedOutProps {
  readonly view: View
  readonly person: SignedOutPerson
}

/** Nobody is signed in: why, if anybody was, and the one thing to do. */
export function SignedOut({ view, person }: SignedOutProps): JSX.Element {
  const { title, sentence, action } = words(view, person)
  return (
    <>
      {person.refusal && (
        <Notice tone="bad" title="You were not signed in">
          <p>{person.refusal.sentence}</p>
        </Notice>
      )}
      <h1>{title}</h1>
      <p>{sentence}</p>
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={ask(() => window.latchkey.signIn('loopback'))}
        >
          {action}
        </button>
      </div>
      <p class="secondary">Your browser opens for it. You come back here by yourself.</p>
    </>
  )
}

function words({ lifetimes }: View, { ended }: SignedOutPerson) {
  if (!ended) {
    return {
      title: 'Sign in to Latchkey',
      sentence:
        'You stay signed in for as long as you keep using the app, and never silently longer.',
      action: 'Sign in',
    }
  }
  if (ended.reason === undefined) {
    return {
      title: 'Signed out',
      sentence: 'What kept you signed in on this device is gone. Sign in again.',
      action: 'Sign in',
    }
  }
  const said = inWords(ended.reason, { ...ended, ...lifetimes })
  return { ...said, action: said.action ?? 'Sign in' }
}
