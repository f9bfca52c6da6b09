import type { JSX } from 'preact'
import type { Duration, Moment } from '../../clock/moment.ts'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { exactTime, Time } from '../../ui/time.tsx'
import type { User } from '../store/records.ts'
import { AccountLinks, ProveFirst } from './account-links.tsx'

const HERE = '/account/logins'

interface LoginsProps {
  readonly disabled: User['loginsDisabled']
  /** Whether the person may switch them on again by themselves. */
  readonly mayEnable: boolean
  /** The latest moment at which anything can still work once nothing is renewed. */
  readonly worksUntil: Moment | undefined
  readonly devices: number
  readonly fresh: boolean
  readonly now: Moment
  readonly signInPath: string
  readonly ahead: Duration | undefined
}

/** Switching logins off, in two modes, and on; and what a changed password takes along. */
export function loginsPage(props: LoginsProps): JSX.Element {
  const { disabled, fresh, signInPath, ahead } = props
  return (
    <Page title="Logins" ahead={ahead}>
      <AccountLinks here={HERE} />
      <h1>Logins</h1>
      {disabled ? <SwitchedOff {...props} since={disabled.at} /> : <p>Logins are on.</p>}
      {fresh ? (
        <>
          {!disabled && <SwitchOff {...props} />}
          <Reset />
        </>
      ) : (
        !disabled && (
          <ProveFirst
            signInPath={signInPath}
            here={HERE}
            what="Switching logins off, or a reset,"
          />
        )
      )}
    </Page>
  )
}

function SwitchedOff({
  since,
  mayEnable,
  worksUntil,
  now,
}: LoginsProps & { readonly since: Moment }): JSX.Element {
  return (
    <Notice tone="warn" title="Logins are switched off">
      <p>
        Since <Time at={since} now={now} />. Nothing is renewed any more
        {worksUntil === undefined ? (
          '.'
        ) : (
          <>
            ; the last of what is out there works until <strong>{exactTime(worksUntil)}</strong>.
          </>
        )}
      </p>
      {mayEnable ? (
        <>
          <p>After that only an administrator can switch them on again. Until then you can.</p>
          <Act what="enable">Switch logins on again</Act>
        </>
      ) : (
        <p>Only an administrator can switch them on again.</p>
      )}
    </Notice>
  )
}

function SwitchOff({ worksUntil, devices }: LoginsProps): JSX.Element {
  return (
    <>
      <p>
        Switch them off when somebody else may be signing in as you. Nobody can then, and you
        neither, until an administrator switches them on again.
      </p>
      <section class="card">
        <h2>Now</h2>
        <p>
          {devices === 1
            ? 'This browser’s session, the only one that you have, ends at once.'
            : `All ${devices} sessions end at once, this browser’s too.`}{' '}
          Nothing works any longer.
        </p>
        <Act what="now">Switch off now</Act>
      </section>
      <section class="card">
        <h2>When tokens run out</h2>
        <p>
          Nothing is renewed any more, and what is out there runs out by itself.
          {worksUntil !== undefined && (
            <>
              {' '}
              The latest moment that anything can still work is{' '}
              <strong>{exactTime(worksUntil)}</strong>; until then you can switch logins on again.
            </>
          )}
        </p>
        <Act what="expiry">Switch off when tokens run out</Act>
      </section>
    </>
  )
}

function Reset(): JSX.Element {
  return (
    <section class="card">
      <h2>Your password is changed</h2>
      <p>
        Ends every session on every device, this browser’s too, so that whoever knew the old
        password is out. Every device has to sign in with the new one.
      </p>
      <Act what="reset">Sign out everywhere after a change of password</Act>
    </section>
  )
}

/** What the forms of this page ask for. */
export const LOGIN_ACTS = ['now', 'expiry', 'enable', 'reset'] as const
export type LoginAct = (typeof LOGIN_ACTS)[number]

function Act({ what, children }: { readonly what: LoginAct; readonly children: string }) {
  return (
    <form method="post" action={HERE}>
      <button class="quiet" type="submit" name="do" value={what}>
        {children}
      </button>
    </form>
  )
}
