import type { JSX } from 'preact'
import { fromSeconds } from '../../../clock/moment.ts'
import { Notice } from '../../../ui/notice.tsx'
import { Time } from '../../../ui/time.tsx'
import type { View } from '../../ipc/view.ts'
import { ask } from '../api.ts'

/** Switching signing in off, for somebody who lost a device or a password. */
export function Logins({ view }: { readonly view: View }): JSX.Element | null {
  const { logins, now } = view
  if (!logins) return null
  if (logins.disabled) {
    return (
      <>
        <h2>Signing in</h2>
        <Notice tone="warn" title="Signing in is switched off">
          <p>
            Nobody can sign in as you.
            {logins.works_until !== null && (
              <>
                {' '}
                What is signed in now works until{' '}
                <Time at={fromSeconds(logins.works_until)} now={now} /> at the latest.
              </>
            )}
          </p>
        </Notice>
      </>
    )
  }
  return (
    <>
      <h2>Signing in</h2>
      <details>
        <summary>Switch signing in off</summary>
        <p>
          For when a device or your password is in other hands. An administrator can switch it on
          again; you can’t do that here.
        </p>
        <div class="row">
          <button type="button" onClick={ask(() => window.latchkey.disableLogins('now'))}>
            Now: sign me out everywhere
          </button>
          <button type="button" onClick={ask(() => window.latchkey.disableLogins('expiry'))}>
            When what is signed in runs out
          </button>
        </div>
      </details>
    </>
  )
}
