import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import type { LatchkeyError } from '../../protocol/errors.ts'
import { Page } from '../../ui/page.tsx'

/** For somebody who was turned away because logins are off: nothing is lost, and who can help. */
export function disabledPage({
  error,
  signInPath,
  ahead,
}: {
  readonly error: LatchkeyError
  readonly signInPath: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  return (
    <Page title="Signing in is switched off" ahead={ahead}>
      <h1>Signing in is switched off</h1>
      <p>{error.message}</p>
      <h2>Who can help</h2>
      <p>
        Whoever runs this site for you: ask them to switch your logins on again. Nothing of yours is
        lost until then. If you did not switch them off, and nobody told you that they would, say so
        when you ask.
      </p>
      <p>
        <a class="quiet" href={signInPath}>
          Sign in as somebody else
        </a>
      </p>
      <details>
        <summary>Details</summary>
        <p>
          <code>{error.code}</code> <code>{error.reason}</code>
        </p>
      </details>
    </Page>
  )
}
