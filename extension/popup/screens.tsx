import type { JSX } from 'preact'
import type { Duration, Moment } from '../../clock/moment.ts'
import { ClockBadge } from '../../ui/clock-badge.tsx'
import { Problem } from '../../ui/person/problem.tsx'
import { Purge } from '../../ui/person/purge.tsx'
import { SignedIn, type Wishes } from '../../ui/person/signed-in.tsx'
import { SignedOut } from '../../ui/person/signed-out.tsx'
import { Time } from '../../ui/time.tsx'
import type { PurgeReport, View } from '../view.ts'

/** What the person can do here. */
export interface Doings extends Wishes {
  readonly signIn: () => void
  readonly callService: () => void
  readonly openOptions: () => void
}

export interface ScreenProps {
  /** `undefined`: the background has not answered yet. */
  readonly view: View | undefined
  /** What the background could not be asked for. */
  readonly failure: string | undefined
  /** By the site's clock, as the deadlines are. */
  readonly now: Moment
  /** How far that clock is ahead of this machine's, if it is worth saying. */
  readonly ahead: Duration | undefined
  /** What the service said last. */
  readonly hello: string | undefined
  readonly doings: Doings
}

/** The popup in each of its states. Nothing moves but what changed. */
export function Screen(props: ScreenProps): JSX.Element {
  const { view, failure, doings, ahead } = props
  const problem = failure === undefined ? view?.problem : { sentence: failure }
  return (
    <>
      <Problem problem={problem} signIn={doings.signIn} />
      <div aria-live="polite">{bodyOf(props)}</div>
      <div class="row">
        <button type="button" class="quiet" onClick={doings.openOptions}>
          Options
        </button>
        <ClockBadge ahead={ahead} />
      </div>
    </>
  )
}

function bodyOf({ view, now, hello, doings }: ScreenProps): JSX.Element {
  switch (view?.state.at) {
    case undefined:
    case 'starting':
      return <h1>Latchkey</h1>
    case 'signing_in':
      return (
        <>
          <h1>Go on in the sign-in window</h1>
          <p>
            Your provider asks for your password there. You can close this popup: the sign-in goes
            on without it.
          </p>
          <p class="secondary">No window? It may be behind this one.</p>
        </>
      )
    case 'signed_out':
      return (
        <SignedOut ended={view.state.ended} signIn={doings.signIn}>
          A window opens for it. You can close this popup meanwhile.
        </SignedOut>
      )
    case 'signed_in':
    case 'offline': {
      const { state, refreshDueAt, accounts, devices, logins, purge, site } = view
      const offlineSince = state.at === 'offline' ? state.since : undefined
      return (
        <SignedIn
          standing={{ me: state.me, offlineSince, refreshDueAt, accounts, devices, logins, now }}
          wishes={doings}
          actions={
            <button type="button" class="button" onClick={doings.callService}>
              Call the service
            </button>
          }
          heard={hello}
          purge={purge && <Purged report={purge} now={now} />}
          details={
            <>
              <dt>Site</dt>
              <dd>
                <code>{site}</code>
              </dd>
            </>
          }
        />
      )
    }
  }
}

/** The provider's session, as this extension left it: the cookies are its own to remove and to count. */
function Purged({
  report: { outcome, removed, left, at },
  now,
}: {
  readonly report: PurgeReport
  readonly now: Moment
}): JSX.Element {
  return (
    <Purge outcome={outcome}>
      {removed === 1 ? 'One cookie of it was' : `${removed} cookies of it were`} removed
      {left > 0 && `, and ${left} could not be`}. Checked <Time at={at} now={now} />.
    </Purge>
  )
}
