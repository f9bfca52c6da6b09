import type { JSX } from 'preact'
import type { Duration, Moment } from '../../clock/moment.ts'
import type { Me } from '../../protocol/me.ts'
import type { PurgeOutcome } from '../../protocol/purge-proof.ts'
import { inWords } from '../../protocol/reasons.ts'
import { ClockBadge } from '../../ui/clock-badge.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SessionDeadlines } from '../../ui/session-deadlines.tsx'
import { Time } from '../../ui/time.tsx'
import type { PurgeReport, View } from '../view.ts'

export type Doing = 'sign_in' | 'sign_out' | 'try_again'

export interface ScreenProps {
  /** `undefined`: the background has not answered yet. */
  readonly view: View | undefined
  readonly trouble: string | undefined
  /** By the site's clock, as the deadlines are. */
  readonly now: Moment
  /** How far that clock is ahead of this machine's, if it is worth saying. */
  readonly ahead: Duration | undefined
  /** What the service said last. */
  readonly hello: string | undefined
  readonly act: (doing: Doing) => void
  readonly call: () => void
  readonly options: () => void
}

/** The popup in each of its states (notes/screens.md). Nothing moves but what changed. */
export function Screen(props: ScreenProps): JSX.Element {
  return (
    <>
      <div aria-live="polite">{bodyOf(props)}</div>
      {props.trouble && (
        <div role="alert">
          <Notice tone="warn" title="That did not work">
            <p>{props.trouble}</p>
          </Notice>
        </div>
      )}
      <div class="row">
        <button type="button" class="quiet" onClick={props.options}>
          Options
        </button>
        <ClockBadge ahead={props.ahead} />
      </div>
    </>
  )
}

function bodyOf(props: ScreenProps): JSX.Element {
  const { view, act } = props
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
      return <SignedOut ended={view.state.ended} act={act} />
    case 'signed_in':
    case 'offline':
      return <SignedIn {...props} view={view} me={view.state.me} />
  }
}

function SignedOut({
  ended,
  act,
}: {
  readonly ended: Extract<View['state'], { at: 'signed_out' }>['ended']
  readonly act: ScreenProps['act']
}): JSX.Element {
  const words =
    ended?.reason &&
    inWords(ended.reason, { at: ended.at, actor: ended.actor, account: ended.account })
  const lost = ended && !ended.reason
  return (
    <>
      <h1>{words ? words.title : lost ? 'Please sign in again' : 'Nobody is signed in'}</h1>
      <p>
        {words
          ? words.sentence
          : lost
            ? 'This browser no longer holds what it needs to stay signed in.'
            : 'Sign in once, and stay signed in as long as you keep using it.'}
      </p>
      <p>
        <button type="button" class="button" onClick={() => act('sign_in')}>
          Sign in
        </button>
      </p>
    </>
  )
}

function SignedIn({
  view,
  me,
  now,
  hello,
  act,
  call,
}: ScreenProps & { readonly view: View; readonly me: Me | undefined }): JSX.Element {
  return (
    <>
      <h1>{me ? me.user.name : 'Signed in'}</h1>
      {me && (
        <p>
          {me.account.name} · plan {me.subscription.plan}
        </p>
      )}
      {view.state.at === 'offline' && (
        <Notice tone="warn" title="The site can’t be reached">
          <p>
            You are still signed in.{' '}
            <button type="button" class="quiet" onClick={() => act('try_again')}>
              Try again
            </button>
          </p>
        </Notice>
      )}
      <div class="row">
        <button type="button" class="button" onClick={call}>
          Call the service
        </button>
        <button type="button" onClick={() => act('sign_out')}>
          Sign out
        </button>
      </div>
      <p role="status">{hello}</p>
      {view.purge && <Purge report={view.purge} now={now} />}
      {me && (
        <>
          <h2>How long this lasts</h2>
          <SessionDeadlines session={me.session} refreshDueAt={view.refreshDueAt} now={now} />
        </>
      )}
    </>
  )
}

const PURGE_WORDS = {
  proven: ['good', 'Your provider will ask for the password again'],
  sticky: ['warn', 'Your provider may sign someone in without asking'],
  unknown: ['warn', 'We could not check your provider’s session'],
} as const satisfies Record<PurgeOutcome, readonly ['good' | 'warn', string]>

function Purge({
  report: { outcome, removed, left, at },
  now,
}: {
  readonly report: PurgeReport
  readonly now: Moment
}): JSX.Element {
  const [tone, title] = PURGE_WORDS[outcome]
  return (
    <Notice tone={left > 0 ? 'warn' : tone} title={title}>
      <p class="secondary">
        {removed === 1 ? 'One cookie of it was' : `${removed} cookies of it were`} removed
        {left > 0 && `, and ${left} could not be`}. Checked <Time at={at} now={now} />.
      </p>
    </Notice>
  )
}
