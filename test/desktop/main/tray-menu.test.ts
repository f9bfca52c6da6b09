import { expect, test } from 'vitest'
import type { View } from '../../../desktop/ipc/view.ts'
import { trayMenuOf } from '../../../desktop/main/tray-menu.ts'

const view = (person: View['person'], kept: View['kept'] = { in: 'keychain' }): View => ({
  now: 0,
  person,
  kept,
  about: { version: '0', runtime: 'test', site: 'http://site.test' },
})

test.each<[View, string, string]>([
  [view({ at: 'starting' }), 'Starting', 'none'],
  [view({ at: 'signed_out' }), 'Signed out', 'sign_in'],
  [
    view({ at: 'signing_in', step: 'in_browser', way: 'link', browser: 'opened' }),
    'Signing in: go on in your browser',
    'cancel',
  ],
  [view({ at: 'signed_in' }), 'Signed in', 'sign_out'],
  [view({ at: 'offline', since: 0 }), 'Signed in, offline', 'sign_out'],
  [
    view({ at: 'signed_in' }, { in: 'memory', trouble: 'locked' }),
    'Signed in (until the app is closed)',
    'sign_out',
  ],
])('%#: %s', (shown, standing, offers) => {
  expect(trayMenuOf(shown)).toEqual({ tooltip: `Latchkey: ${standing}`, standing, offers })
})
