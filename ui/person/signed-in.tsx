import type { ComponentChildren, JSX } from 'preact'
import { fromSeconds, type Moment } from '../../clock/moment.ts'
import type { Me } from '../../protocol/me.ts'
import type { MyAccounts } from '../../protocol/my-accounts.ts'
import type { SignedInDevice } from '../../protocol/my-devices.ts'
import type { MyLogins } from '../../protocol/my-logins.ts'
import type { SubscriptionStatus } from '../../protocol/plan.ts'
import { Notice } from '../notice.tsx'
import { SessionDeadlines } from '../session-deadlines.tsx'
import { Time } from '../time.tsx'
import { Accounts } from './accounts.tsx'
import { Details } from './details.tsx'
import { Devices } from './devices.tsx'
import { type DisableMode, Logins } from './logins.tsx'
import { PurgeProven } from './purge.tsx'

/** What a person can ask for while they are signed in. */
export interface Wishes {
  readonly tryAgain: () => void
  readonly signOut: () => void
  readonly switchAccount: (id: string) => void
  readonly endDevice: (id: string) => void
  readonly endOthers: () => void
  readonly disableLogins: (mode: DisableMode) => void
}

/** What is known; what is missing was not heard yet. */
export interface Standing {
  readonly me: Me | undefined
  /** Since when the site can't be reached. */
  readonly offlineSince: Moment | undefined
  readonly refreshDueAt: Moment | undefined
  readonly accounts: MyAccounts['accounts'] | undefined
  readonly devices: readonly SignedInDevice[] | undefined
  readonly logins: MyLogins | undefined
  /** By the site's clock, as all moments here. */
  readonly now: Moment
}

export interface SignedInProps {
  readonly standing: Standing
  readonly wishes: Wishes
  /** What can be done besides signing out. */
  readonly actions?: ComponentChildren
  /** What came of that. */
  readonly heard?: string | undefined
  /** In the place of the site's proof, for a client that has one of its own. */
  readonly purge?: ComponentChildren
  /** For developers: more of {@link Details}. */
  readonly details: ComponentChildren
}

/** Who it is, how things stand on this device, and what can be done about others. */
export function SignedIn(props: SignedInProps): JSX.Element {
  const { standing, wishes, actions, heard, purge, details } = props
  const { me, offlineSince, accounts, devices, logins, now } = standing
  return (
    <>
      {offlineSince !== undefined && (
        <Offline since={offlineSince} now={now} tryAgain={wishes.tryAgain} />
      )}
      <h1>{me ? `Signed in as ${me.user.name}` : 'Signed in'}</h1>
      {me && <Who me={me} now={now} />}
      <div class="row">
        {actions}
        <button type="button" onClick={wishes.signOut}>
          Sign out
        </button>
      </div>
      {actions && <p role="status">{heard}</p>}
      {me && <ThisDevice {...standing} me={me} purge={purge} />}
      <Accounts accounts={accounts} use={wishes.switchAccount} />
      <Devices devices={devices} now={now} end={wishes.endDevice} endOthers={wishes.endOthers} />
      <Logins logins={logins} now={now} disable={wishes.disableLogins} />
      <Details me={me}>{details}</Details>
    </>
  )
}

const Offline = ({
  since,
  now,
  tryAgain,
}: {
  readonly since: Moment
  readonly now: Moment
  readonly tryAgain: () => void
}): JSX.Element => (
  <Notice tone="warn" title="Offline">
    <p>
      Our site can’t be reached: it stopped answering <Time at={since} now={now} />. You are still
      signed in, and see what was known then.
    </p>
    <button type="button" onClick={tryAgain}>
      Try again
    </button>
  </Notice>
)

const STATUS = {
  trialing: 'on trial',
  active: 'active',
  past_due: 'payment is due',
  canceled: 'cancelled',
} as const satisfies Record<SubscriptionStatus, string>

function Who({ me, now }: { readonly me: Me; readonly now: Moment }): JSX.Element {
  const { account, subscription, user } = me
  return (
    <p>
      {user.email && `${user.email} · `}
      {account.name} ({account.role}) · plan {subscription.plan}, {STATUS[subscription.status]}
      {subscription.trial_ends_at !== null && (
        <>
          {', ends '}
          <Time at={fromSeconds(subscription.trial_ends_at)} now={now} />
        </>
      )}
    </p>
  )
}

const ThisDevice = ({
  me: { device, session },
  refreshDueAt,
  now,
  purge,
}: Standing & { readonly me: Me; readonly purge: ComponentChildren }): JSX.Element => (
  <>
    <h2>This device{device && `: ${device.name}`}</h2>
    {purge ?? <PurgeProven proof={session.purge} now={now} />}
    <SessionDeadlines session={session} refreshDueAt={refreshDueAt} now={now} />
  </>
)
