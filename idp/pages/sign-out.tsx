import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import { Page } from '../../ui/page.tsx'

export function signOutPage({
  action,
  ahead,
}: {
  readonly action: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  return (
    <Page title="Sign out" ahead={ahead}>
      <h1>Sign out of this browser?</h1>
      <p>Your other devices stay signed in.</p>
      <form method="post" action={action}>
        <button class="button" type="submit">
          Sign out
        </button>
      </form>
    </Page>
  )
}
