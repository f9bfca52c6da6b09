import type { JSX } from 'preact'
import { SignedIn as Shared, type Wishes } from '../../../ui/person/signed-in.tsx'
import type { Person, View } from '../../ipc/view.ts'
import { ask } from '../api.ts'

export interface SignedInProps {
  readonly view: View
  readonly person: Extract<Person, { at: 'signed_in' | 'offline' }>
}

/** Somebody is signed in; only what this app keeps, and in what, is the desktop's own to say. */
export function SignedIn({ view, person }: SignedInProps): JSX.Element {
  const { refreshDueAt, accounts, devices, logins, now } = view
  const offlineSince = person.at === 'offline' ? person.since : undefined
  return (
    <Shared
      standing={{ me: person.me, offlineSince, refreshDueAt, accounts, devices, logins, now }}
      wishes={WISHES}
      details={
        <>
          <dt>Site</dt>
          <dd>
            <code>{view.about.site}</code>
          </dd>
          <dt>App</dt>
          <dd>
            {view.about.version} on {view.about.runtime}
          </dd>
          <dt>Kept in</dt>
          <dd>{view.kept ? KEPT_IN[view.kept.in] : 'nothing yet'}</dd>
        </>
      }
    />
  )
}

const WISHES: Wishes = {
  tryAgain: ask(() => window.latchkey.tryAgain()),
  signOut: ask(() => window.latchkey.signOut()),
  switchAccount: (id) => ask(() => window.latchkey.switchAccount(id))(),
  endDevice: (id) => ask(() => window.latchkey.endDevice(id))(),
  endOthers: ask(() => window.latchkey.endOthers()),
  disableLogins: (mode) => ask(() => window.latchkey.disableLogins(mode))(),
}

const KEPT_IN = {
  keychain: 'the keychain of this computer',
  safe_storage: 'a file that this computer’s keychain has the key of',
  memory: 'memory only',
} as const satisfies Record<NonNullable<View['kept']>['in'], string>
