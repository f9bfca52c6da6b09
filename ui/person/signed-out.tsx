import type { ComponentChildren, JSX } from 'preact'
import { endingInWords, type Reason, type ReasonDetails } from '../../protocol/reasons.ts'

/** Why nobody is signed in any more; without a reason, what kept them signed in was lost. */
export interface EndingShown extends ReasonDetails {
  readonly reason?: Reason | undefined
}

/** Nobody is signed in: why, if anybody was, and the one thing to do. */
export function SignedOut({
  ended,
  signIn,
  children,
}: {
  readonly ended: EndingShown | undefined
  readonly signIn: () => void
  /** What will happen then. */
  readonly children?: ComponentChildren
}): JSX.Element {
  const { title, sentence, action } = wordsOf(ended)
  return (
    <>
      <h1>{title}</h1>
      <p>{sentence}</p>
      <div class="row">
        <button type="button" class="button" onClick={signIn}>
          {action}
        </button>
      </div>
      <p class="secondary">{children}</p>
    </>
  )
}

function wordsOf(ended: EndingShown | undefined) {
  if (!ended) {
    return {
      title: 'Sign in to Latchkey',
      sentence:
        'You stay signed in for as long as you keep using Latchkey, and never silently longer.',
      action: 'Sign in',
    }
  }
  const { action = 'Sign in', ...said } = endingInWords(ended)
  return { ...said, action }
}
