import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import { CLOSING_REASONS, CLOSING_WORDS, type ClosingReason } from '../../protocol/closing.ts'
import { Page } from '../../ui/page.tsx'
import { AccountLinks, ProveFirst } from './account-links.tsx'

const HERE = '/account/close'

const REASON_WORDS = {
  too_expensive: 'It costs too much',
  missing_features: 'It lacks something that we need',
  switched: 'We use something else now',
  not_used: 'We hardly use it',
  other: 'Something else',
} as const satisfies Record<ClosingReason, string>

/** Closing an account: what ends by it, and why. */
export function closePage({
  account,
  members,
  fresh,
  signInPath,
  ahead,
}: {
  readonly account: string
  readonly members: number
  readonly fresh: boolean
  readonly signInPath: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  return (
    <Page title={`Close ${account}`} ahead={ahead}>
      <AccountLinks here={HERE} />
      <h1>Close {account}</h1>
      <p>
        Everybody who is signed in for it is signed out of it at once
        {members === 1 ? '' : `, all ${members} members`}; its plan is canceled. Who belongs to
        other accounts keeps those. Only those who run this site can open it again.
      </p>
      {fresh ? (
        <form method="post" action={HERE}>
          <fieldset>
            <legend>Why do you close it?</legend>
            {CLOSING_REASONS.map((reason) => (
              <label key={reason} class="option">
                <input type="radio" name="reason" value={reason} required /> {REASON_WORDS[reason]}
              </label>
            ))}
          </fieldset>
          <label for="words">What should we know? (if you like)</label>
          <textarea id="words" name="words" rows={4} maxLength={CLOSING_WORDS} />
          <button class="button" type="submit">
            Close {account}
          </button>
        </form>
      ) : (
        <ProveFirst signInPath={signInPath} here={HERE} what="Closing an account" />
      )}
    </Page>
  )
}
