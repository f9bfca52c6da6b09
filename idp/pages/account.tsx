import type { JSX } from 'preact'
import type { Duration, Moment } from '../../clock/moment.ts'
import type { MyAccounts } from '../../protocol/my-accounts.ts'
import { Page } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { absoluteEndsAt, idleEndsAt } from '../lifetimes.ts'
import type { Plan } from '../plans/catalogue.ts'
import type { SessionView } from '../sessions/standing.ts'
import { AccountLinks } from './account-links.tsx'
import { PlanLine } from './plan.tsx'

/** Where a form says which account to go on with. */
export const SWITCH_PATH = '/account/switch'

/** Who the person is here, for which account, and where the rest is. */
export function accountPage({
  view: { session, user, account, membership },
  accounts,
  plans,
  now,
  signOutPath,
  ahead,
}: {
  readonly view: SessionView
  /** The open accounts of the person. */
  readonly accounts: MyAccounts['accounts']
  readonly plans: readonly Plan[]
  readonly now: Moment
  readonly signOutPath: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  const others = accounts.filter(({ current }) => !current)
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
          {account && <PlanLine subscription={account.subscription} plans={plans} now={now} />}
        </dd>
      </dl>
      {others.length > 0 && (
        <>
          <h2>Your other accounts</h2>
          <form method="post" action={SWITCH_PATH}>
            <div class="row">
              {others.map(({ id, name }) => (
                <button key={id} class="quiet" type="submit" name="account" value={id}>
                  Go on with {name}
                </button>
              ))}
            </div>
          </form>
        </>
      )}
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
      <h2>The end of it</h2>
      <p class="row">
        {membership?.role === 'owner' && <a href="/account/close">Close {account?.name}</a>}
        <a href="/account/delete">Delete your user</a>
      </p>
    </Page>
  )
}
