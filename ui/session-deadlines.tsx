import type { JSX } from 'preact'
import { fromSeconds, type Moment } from '../clock/moment.ts'
import type { Me } from '../protocol/me.ts'
import { type Deadline, Deadlines } from './deadlines.tsx'

type Session = Pick<
  Me['session'],
  'signed_in_at' | 'refreshed_at' | 'idle_ends_at' | 'absolute_ends_at'
>

/** The three deadlines of a session, as the site last told them: the hour, the rolling window, the end. */
export function SessionDeadlines({
  session,
  refreshDueAt,
  now,
}: {
  readonly session: Session
  /** `undefined`: no access token is held, so that the next use renews it. */
  readonly refreshDueAt: Moment | undefined
  readonly now: Moment
}): JSX.Element {
  return <Deadlines deadlines={deadlinesOf(session, refreshDueAt)} now={now} />
}

const deadlinesOf = (session: Session, refreshDueAt: Moment | undefined): readonly Deadline[] => [
  ...(refreshDueAt === undefined
    ? []
    : [
        {
          ahead: 'If you use it, it renews itself',
          over: 'If you use it, it renews itself at once',
          from: fromSeconds(session.refreshed_at),
          to: refreshDueAt,
          edge: 'soft' as const,
        },
      ]),
  {
    ahead: 'If you don’t use it, it ends',
    over: 'It was not used for too long: you will have to sign in again',
    from: fromSeconds(session.refreshed_at),
    to: fromSeconds(session.idle_ends_at),
    edge: 'soft',
  },
  {
    ahead: 'However often you use it, it ends',
    over: 'Its whole time is over: you will have to sign in again',
    from: fromSeconds(session.signed_in_at),
    to: fromSeconds(session.absolute_ends_at),
    edge: 'hard',
  },
]
