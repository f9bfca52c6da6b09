import type { JSX } from 'preact'
import { type Duration, fromSeconds, type Moment } from '../../clock/moment.ts'
import type { PurgeOutcome } from '../../protocol/purge-proof.ts'
import { inWords } from '../../protocol/reasons.ts'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { absoluteEndsAt, idleEndsAt } from '../lifetimes.ts'
import type { SessionView } from '../sessions/standing.ts'
import type { WebVisit } from '../sessions/web.ts'

interface HomeProps {
  readonly seen: WebVisit
  readonly now: Moment
  readonly signInPath: string
  readonly signOutPath: string
  readonly ahead: Duration | undefined
}

/** Who is signed in on the site itself, until when, and what the purge proved. */
export function homePage(props: HomeProps): JSX.Element {
  const { seen } = props
  switch (seen.kind) {
    case 'nobody':
      return (
        <SignedOut {...props} title="Nobody is signed in" sentence="Sign in to see your account." />
      )
    case 'ended': {
      const { reason, at, actor } = seen.ending
      const { idle, absolute } = seen.session
      const account = seen.account?.name
      const words = inWords(reason, { at, actor, idle, absolute, account, timeZone: 'UTC' })
      return <SignedOut {...props} title={words.title} sentence={words.sentence} />
    }
    case 'signed_in':
      return <SignedIn {...props} view={seen.view} />
  }
}

function SignedOut(props: HomeProps & { title: string; sentence: string }): JSX.Element {
  return (
    <Page title={props.title} ahead={props.ahead}>
      <h1>{props.title}</h1>
      <p>{props.sentence}</p>
      <p>
        <a class="button" href={props.signInPath}>
          Sign in
        </a>
      </p>
    </Page>
  )
}

function SignedIn({
  view,
  now,
  signOutPath,
  ahead,
}: HomeProps & { view: SessionView }): JSX.Element {
  const { session, user, account } = view
  return (
    <Page title="Signed in" ahead={ahead}>
      <h1>Signed in as {user?.name}</h1>
      <p>
        {account?.name} · plan {account?.subscription.plan}
      </p>
      {session.purge && (
        <Purge outcome={session.purge.outcome} at={fromSeconds(session.purge.at)} now={now} />
      )}
      <h2>How long this lasts</h2>
      <ul class="list">
        <li>
          If you don’t come back, it ends <Time at={idleEndsAt(session)} now={now} />
        </li>
        <li>
          However often you come back, it ends <Time at={absoluteEndsAt(session)} now={now} />
        </li>
      </ul>
      <p>
        <a href="/account">Your account and your devices</a>
      </p>
      <form method="post" action={signOutPath}>
        <button class="button" type="submit">
          Sign out
        </button>
      </form>
    </Page>
  )
}

const PURGE_WORDS = {
  proven: {
    tone: 'good',
    title: 'Your provider will ask for the password again',
    sentence: 'We ended your session there right after you signed in, and checked that it is gone.',
  },
  sticky: {
    tone: 'warn',
    title: 'Your provider may sign someone in without asking',
    sentence:
      'It kept your session after we ended it. Sign out there yourself if others use this browser.',
  },
  unknown: {
    tone: 'warn',
    title: 'We could not check your provider’s session',
    sentence: 'It did not say whether it would ask for the password again.',
  },
} as const satisfies Record<
  PurgeOutcome,
  { tone: 'good' | 'warn'; title: string; sentence: string }
>

function Purge(props: { outcome: PurgeOutcome; at: Moment; now: Moment }): JSX.Element {
  const { tone, title, sentence } = PURGE_WORDS[props.outcome]
  return (
    <Notice tone={tone} title={title}>
      <p>
        {sentence} Checked <Time at={props.at} now={props.now} />.
      </p>
    </Notice>
  )
}
