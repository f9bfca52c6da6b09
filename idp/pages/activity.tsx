import type { JSX } from 'preact'
import { durationInWords } from '../../clock/duration.ts'
import type { Duration, Moment } from '../../clock/moment.ts'
import { Page } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import type { Activity } from '../audit/activity.ts'
import { AUDIT_MEMORY } from '../lifetimes.ts'
import { AccountLinks } from './account-links.tsx'

const HERE = '/account/activity'

/** One line of the audit log as people read it. */
export interface ActivityLine {
  readonly sequence: number
  readonly at: Moment
  readonly sentence: string
  readonly address: string | null
  /** The word of the log, for whoever looks closer. */
  readonly act: string
}

/** What happened, the newest first, page by page. */
export function activityPage({
  of,
  account,
  lines,
  older,
  now,
  ahead,
}: {
  readonly of: Activity
  /** Name of the account; `undefined`: its activity is not for the reader. */
  readonly account: string | undefined
  readonly lines: readonly ActivityLine[]
  /** Where the next page begins, if there is one. */
  readonly older: number | undefined
  readonly now: Moment
  readonly ahead: Duration | undefined
}): JSX.Element {
  return (
    <Page title="Activity" ahead={ahead}>
      <AccountLinks here={HERE} />
      <h1>Activity</h1>
      {account !== undefined && (
        <p class="row">
          <a href={HERE} aria-current={of === 'you' ? 'page' : undefined}>
            Yours
          </a>
          <a href={`${HERE}?of=account`} aria-current={of === 'account' ? 'page' : undefined}>
            {account}
          </a>
        </p>
      )}
      {lines.length === 0 ? (
        <p>Nothing {older === undefined ? 'has happened yet' : 'more'}.</p>
      ) : (
        <ul class="list">
          {lines.map(({ sequence, at, sentence, address }) => (
            <li key={sequence}>
              {sentence}
              <p class="secondary">
                <Time at={at} now={now} />
                {address !== null && ` · from ${address}`}
              </p>
            </li>
          ))}
        </ul>
      )}
      {older !== undefined && (
        <p>
          <a href={`${HERE}?${new URLSearchParams({ of, before: String(older) })}`}>Older</a>
        </p>
      )}
      <p class="secondary">Kept for {durationInWords(AUDIT_MEMORY)}.</p>
    </Page>
  )
}
