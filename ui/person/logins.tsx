import type { JSX } from 'preact'
import { fromSeconds, type Moment } from '../../clock/moment.ts'
import type { DISABLE_MODES, MyLogins } from '../../protocol/my-logins.ts'
import { Notice } from '../notice.tsx'
import { exactTime, relativeTime, Time } from '../time.tsx'

export type DisableMode = (typeof DISABLE_MODES)[number]

/** Switching signing in off, for somebody who lost a device or a password. */
export function Logins({
  logins,
  now,
  disable,
}: {
  readonly logins: MyLogins | undefined
  readonly now: Moment
  readonly disable: (mode: DisableMode) => void
}): JSX.Element | null {
  if (!logins) return null
  const worksUntil = logins.works_until === null ? undefined : fromSeconds(logins.works_until)
  return (
    <>
      <h2>Signing in</h2>
      {logins.disabled ? (
        <SwitchedOff worksUntil={worksUntil} now={now} />
      ) : (
        <SwitchOff worksUntil={worksUntil} now={now} disable={disable} />
      )}
    </>
  )
}

interface Standing {
  /** The latest moment at which anything can still work without being renewed. */
  readonly worksUntil: Moment | undefined
  readonly now: Moment
}

const SwitchedOff = ({ worksUntil, now }: Standing): JSX.Element => (
  <Notice tone="warn" title="Signing in is switched off">
    <p>
      Nobody can sign in as you.
      {worksUntil !== undefined && (
        <>
          {' '}
          What is signed in now works until <Time at={worksUntil} now={now} /> at the latest.
        </>
      )}
    </p>
  </Notice>
)

/** Both ways say what they come to before they are chosen. */
function SwitchOff({
  worksUntil,
  now,
  disable,
}: Standing & { readonly disable: (mode: DisableMode) => void }): JSX.Element {
  return (
    <details>
      <summary>Switch signing in off</summary>
      <p>
        For when a device or your password is in other hands. An administrator can switch it on
        again; you can’t do that here.
      </p>
      <p>Everything that you are signed in on can end at once, this device too.</p>
      <p>
        <button type="button" onClick={() => disable('now')}>
          Now: sign me out everywhere
        </button>
      </p>
      <p>
        Or nothing is renewed any more, and what is signed in runs out by itself.
        {worksUntil !== undefined && (
          <>
            {' '}
            The latest moment at which anything still works is then{' '}
            <strong>{exactTime(worksUntil)}</strong>, {relativeTime(worksUntil, now)}.
          </>
        )}
      </p>
      <p>
        <button type="button" onClick={() => disable('expiry')}>
          When what is signed in runs out
        </button>
      </p>
    </details>
  )
}
