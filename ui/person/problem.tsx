import type { JSX } from 'preact'
import { Notice } from '../notice.tsx'

export interface ProblemShown {
  readonly title?: string | undefined
  readonly sentence: string
  readonly signInFirst?: true | undefined
}

/** Why something that was asked for did not happen; the place of it is always there, so that it is read out. */
export function Problem({
  problem,
  signIn,
}: {
  readonly problem: ProblemShown | undefined
  readonly signIn: () => void
}): JSX.Element {
  return (
    <div role="alert">
      {problem && (
        <Notice tone="bad" title={problem.title ?? 'That did not work'}>
          <p>{problem.sentence}</p>
          {problem.signInFirst && (
            <button type="button" onClick={signIn}>
              Sign in again
            </button>
          )}
        </Notice>
      )}
    </div>
  )
}
