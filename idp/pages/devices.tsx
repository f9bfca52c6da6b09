import type { JSX } from 'preact'
import { type Duration, fromSeconds, type Moment } from '../../clock/moment.ts'
import type { SignedInDevice } from '../../protocol/my-devices.ts'
import type { PurgeOutcome } from '../../protocol/purge-proof.ts'
import { Page } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { AccountLinks, ProveFirst } from './account-links.tsx'

const HERE = '/account/devices'

const PURGE_WORDS = {
  proven: ['good', '✓', 'The provider would ask for the password again'],
  sticky: ['warn', '!', 'The provider may sign someone in without asking'],
  unknown: ['warn', '!', 'The provider did not say whether it would ask again'],
} as const satisfies Record<PurgeOutcome, readonly [string, string, string]>

/** Everything that the person is signed in on, and how to end it. */
export function devicesPage({
  devices,
  fresh,
  now,
  signInPath,
  ahead,
}: {
  readonly devices: readonly SignedInDevice[]
  /** Whether the person proved themselves recently enough to end what is elsewhere. */
  readonly fresh: boolean
  readonly now: Moment
  readonly signInPath: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  const others = devices.filter((device) => !device.this_one)
  return (
    <Page title="Your devices" ahead={ahead}>
      <AccountLinks here={HERE} />
      <h1>Your devices</h1>
      <p>You are signed in on these. Whatever you don’t know, end.</p>
      {!fresh && (
        <ProveFirst signInPath={signInPath} here={HERE} what="Ending a device’s session" />
      )}
      <ul class="list">
        {devices.map((device) => (
          <li key={device.id}>
            <Device device={device} now={now} endable={fresh} />
          </li>
        ))}
      </ul>
      {fresh && (
        <div class="row">
          {others.length > 0 && <EndMany which="others">End all others</EndMany>}
          <EndMany which="all">End all, this one too</EndMany>
        </div>
      )}
      <p class="secondary">
        An ended device is asked to sign in again at its next use, and reads why.
      </p>
    </Page>
  )
}

function Device({
  device,
  now,
  endable,
}: {
  readonly device: SignedInDevice
  readonly now: Moment
  readonly endable: boolean
}): JSX.Element {
  return (
    <>
      <h2>
        {device.name}
        {device.platform !== 'unknown' && ` · ${device.platform}`}{' '}
        {device.this_one && <span class="badge">this one</span>}
        {device.replaced && <span class="badge">replaced by a newer installation</span>}
      </h2>
      <dl>
        <dt>Last used</dt>
        <dd>
          <Time at={fromSeconds(device.last_used_at)} now={now} />
        </dd>
        <dt>Signed in</dt>
        <dd>
          <Time at={fromSeconds(device.signed_in_at)} now={now} />
        </dd>
        <dt>Runs out</dt>
        <dd>
          <Time at={fromSeconds(device.runs_out_at)} now={now} /> unless it is used, and{' '}
          <Time at={fromSeconds(device.absolute_ends_at)} now={now} /> in any case
        </dd>
        {device.purge && (
          <>
            <dt>After sign-in</dt>
            <dd>
              <Purge outcome={device.purge.outcome} />
            </dd>
          </>
        )}
      </dl>
      {endable && !device.this_one && (
        <form method="post" action={HERE}>
          <button class="quiet" type="submit" name="session" value={device.id}>
            End<span class="unseen"> the session of {device.name}</span>
          </button>
        </form>
      )}
    </>
  )
}

function Purge({ outcome }: { readonly outcome: PurgeOutcome }): JSX.Element {
  const [tone, shape, words] = PURGE_WORDS[outcome]
  return (
    <span class={`word ${tone}`}>
      <span aria-hidden="true">{shape}</span> {words}
    </span>
  )
}

function EndMany({
  which,
  children,
}: {
  readonly which: 'others' | 'all'
  readonly children: string
}): JSX.Element {
  return (
    <form method="post" action={HERE}>
      <button class="quiet" type="submit" name="which" value={which}>
        {children}
      </button>
    </form>
  )
}
