import { DAY, HOUR, MINUTE, toSeconds } from '../../clock/moment.ts'
import type { Me } from '../../protocol/me.ts'
import type { MyAccounts } from '../../protocol/my-accounts.ts'
import type { SignedInDevice } from '../../protocol/my-devices.ts'
import type { MyLogins } from '../../protocol/my-logins.ts'

/*
 * Bob, as the screens of both clients are drawn of him.
 */

export const NOW = Date.UTC(2026, 10, 24, 12)
const at = (moment: number) => toSeconds(moment)

export const ME: Me = {
  user: { id: 'usr_1', name: 'Bob Brandt', email: 'bob@example.test' },
  account: { id: 'acc_1', name: 'Acme', role: 'member' },
  subscription: {
    id: 'sub_1',
    plan: 'pro',
    status: 'trialing',
    trial_ends_at: at(NOW + 9 * DAY),
    period_ends_at: null,
  },
  device: { id: 'dev_1', name: 'bob-laptop', platform: 'linux' },
  session: {
    id: 'ses_1',
    signed_in_at: at(NOW - 40 * DAY),
    refreshed_at: at(NOW - 20 * MINUTE),
    idle_ends_at: at(NOW + 14 * DAY - 20 * MINUTE),
    absolute_ends_at: at(NOW + 140 * DAY),
    purge: { outcome: 'proven', answer: 'login_required', at: at(NOW - 40 * DAY) },
  },
}

const DEVICE: SignedInDevice = {
  id: 'ses_2',
  device_id: 'dev_2',
  client_id: 'latchkey-extension',
  name: 'Chromium on bob-desktop',
  platform: 'chromium',
  this_one: false,
  signed_in_at: at(NOW - 3 * DAY),
  last_used_at: at(NOW - 5 * HOUR),
  idle_ends_at: at(NOW + 13 * DAY),
  absolute_ends_at: at(NOW + 177 * DAY),
  runs_out_at: at(NOW + 13 * DAY),
  replaced: false,
  purge: null,
}

export const DEVICES: readonly SignedInDevice[] = [
  DEVICE,
  { ...DEVICE, id: 'ses_3', name: 'bob-laptop', platform: 'linux', replaced: true },
]

export const ACCOUNTS: MyAccounts['accounts'] = [
  { id: 'acc_1', name: 'Acme', role: 'member', current: true },
  { id: 'acc_2', name: 'Bob Brandt', role: 'owner', current: false },
]

export const LOGINS: MyLogins = { disabled: null, works_until: at(NOW + 40 * MINUTE) }

export const LOGINS_OFF: MyLogins = {
  ...LOGINS,
  disabled: { mode: 'expiry', since: at(NOW), actor: 'user' },
}

/** The site wants him to prove himself again (RFC 9470). */
export const STEP_UP = {
  sentence: 'For this, sign in again first: it shows that it is you. Then ask for it once more.',
  signInFirst: true,
} as const

/** The site turned him away. */
export const REFUSED = {
  title: 'You were not signed in',
  sentence: 'Logins are disabled for this identity.',
}

/** With a provider that would have let somebody in unasked. */
export const STICKY: Me = {
  ...ME,
  session: { ...ME.session, purge: { outcome: 'sticky', answer: 'code', at: at(NOW) } },
}
