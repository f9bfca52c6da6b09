import type { JSX } from 'preact'
import { fromSeconds, type Moment } from '../../../clock/moment.ts'
import type { Me } from '../../../protocol/me.ts'
import type { SubscriptionStatus } from '../../../protocol/plan.ts'
import type { PurgeOutcome } from '../../../protocol/purge-proof.ts'
import { Notice } from '../../../ui/notice.tsx'
import { SessionDeadlines } from '../../../ui/session-deadlines.tsx'
import { Time } from '../../../ui/time.tsx'
import type { Person, View } from '../../ipc/view.ts'
import { ask } from '../api.ts'
import { Accounts } from './accounts.tsx'
import { Details } from './details.tsx'
import { Devices } from './devices.tsx'
import { Logins } from './logins.tsx'

export interface SignedInProps {
  readonly view: View
  readonly person: Extract<Person, { at: 'signed_in' | 'offline' }>
}

/** Who it is, how things stand on this device, and what can be done about others. */
export function SignedIn({ view, person }: SignedInProps): JSX.Element {
  const { me } = person
  return (
    <>
      {person.at === 'offline' && (
        <Notice tone="warn" title="Offline">
          <p>
            Our site can’t be reached since <Time at={person.since} now={view.now} />. You are still
            signed in: what is shown here is what was known then.
          </p>
          <button type="button" onClick={ask(window.latchkey.tryAgain)}>
            Try again
          </button>
        </Notice>
      )}
      <h1>{me ? `Signed in as ${me.user.name}` : 'Signed in'}</h1>
      {me && <Who me={me} now={view.now} />}
      <div class="row">
        <button type="button" onClick={ask(window.latchkey.signOut)}>
          Sign out
        </button>
      </div>
      {me && <ThisDevice me={me} view={view} />}
      <Accounts view={view} />
      <Devices view={view} />
      <Logins view={view} />
      <Details view={view} me={me} />
    </>
  )
}

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

const PURGE = {
  proven: ['good', 'Your provider will ask for the password again'],
  sticky: ['warn', 'Your provider may sign someone in without asking'],
  unknown: ['warn', 'We could not check your provider’s session'],
} as const satisfies Record<PurgeOutcome, readonly ['good' | 'warn', string]>

function ThisDevice({ me, view }: { readonly me: Me; readonly view: View }): JSX.Element {
  const { device, session } = me
  const { purge } = session
  const [tone, title] = purge ? PURGE[purge.outcome] : PURGE.unknown
  return (
    <>
      <h2>This device{device && `: ${device.name}`}</h2>
      <Notice tone={tone} title={title}>
        <p class="secondary">
          {purge ? (
            <>
              After your sign-in we ended its session in your browser and asked it: it said{' '}
              <code>{purge.answer}</code>, <Time at={fromSeconds(purge.at)} now={view.now} />.
            </>
          ) : (
            'No proof came with this sign-in.'
          )}
        </p>
      </Notice>
      <SessionDeadlines session={session} refreshDueAt={view.refreshDueAt} now={view.now} />
    </>
  )
}
