import type { JSX } from 'preact'
import type { Duration, Moment } from '../../clock/moment.ts'
import { Page } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { absoluteEndsAt, idleEndsAt } from '../lifetimes.ts'
import type { SessionView } from '../sessions/standing.ts'
import { AccountLinks } from './account-links.tsx'

/** Who the person is here, for which account, and where the rest is. */
export function accountPage({
  view: { session, user, account, membership },
  now,
  signOutPath,
  ahead,
}: {
  readonly view: SessionView
  readonly now: Moment
  readonly signOutPath: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  return (
    <Page title="Your account" ahead={ahead}>
      <AccountLinks here="/account" />
      <h1>Your account</h1>
      <dl>
        <dt>Name</dt>
        <dd>{user?.name}</dd>
        <dt>E-mail</dt>
        <dd>{user?.email ?? 'none'}</dd>
        <dt>Account</dt>
        <dd>
          {account?.name} ({membership?.role})
        </dd>
        <dt>Plan</dt>
        <dd>
          {account?.subscription.plan}, {account?.subscription.status.replace('_', ' ')}
        </dd>
      </dl>
      <h2>This browser</h2>
      <p>
        Signed in <Time at={session.createdAt} now={now} />. If you don’t come back, that ends{' '}
        <Time at={idleEndsAt(session)} now={now} />; however often you come back, it ends{' '}
        <Time at={absoluteEndsAt(session)} now={now} />.
      </p>
      <form method="post" action={signOutPath}>
        <button class="quiet" type="submit">
          Sign out
        </button>
      </form>
    </Page>
  )
}
