import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import type { LatchkeyError } from '../../protocol/errors.ts'
import { inWords } from '../../protocol/reasons.ts'
import { Page } from '../../ui/page.tsx'

/** What a person reads when something can't go on; the code is one click deeper (notes/screens.md). */
export function problemPage({
  error,
  signInPath,
  ahead,
}: {
  readonly error: LatchkeyError
  readonly signInPath: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  const words = error.reason && inWords(error.reason)
  const title = words ? words.title : TITLES[Math.floor(error.status / 100)]
  return (
    <Page title={title ?? 'This did not work'} ahead={ahead}>
      <h1>{title ?? 'This did not work'}</h1>
      <p>{error.message}</p>
      {words?.action && (
        <p>
          <a class="button" href={signInPath}>
            {words.action}
          </a>
        </p>
      )}
      <details>
        <summary>Details</summary>
        <p>
          <code>{error.code}</code>
          {error.reason && (
            <>
              {' '}
              <code>{error.reason}</code>
            </>
          )}
        </p>
      </details>
    </Page>
  )
}

const TITLES: Readonly<Record<number, string>> = {
  4: 'This can’t go on',
  5: 'Something went wrong on our side',
}
