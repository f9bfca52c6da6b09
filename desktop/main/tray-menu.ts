import type { View } from '../ipc/view.ts'

/** What the icon in the tray says and offers. */
export interface TrayMenu {
  readonly tooltip: string
  /** Said first in the menu, and nothing to press. */
  readonly standing: string
  readonly offers: 'sign_in' | 'cancel' | 'sign_out' | 'none'
}

/** The state in one line, for somebody who only glances. */
export function trayMenuOf({ person, kept }: View): TrayMenu {
  const memory = kept?.in === 'memory' ? ' (until the app is closed)' : ''
  switch (person.at) {
    case 'starting':
      return said('Starting', 'none')
    case 'signed_out':
      return said('Signed out', 'sign_in')
    case 'signing_in':
      return said('Signing in: go on in your browser', 'cancel')
    case 'signed_in':
      return said(`${nameOf(person)}${memory}`, 'sign_out')
    case 'offline':
      return said(`${nameOf(person)}, offline${memory}`, 'sign_out')
  }
}

const said = (standing: string, offers: TrayMenu['offers']): TrayMenu => ({
  tooltip: `Latchkey: ${standing}`,
  standing,
  offers,
})

const nameOf = ({ me }: Extract<View['person'], { at: 'signed_in' | 'offline' }>): string =>
  me ? `Signed in as ${me.user.name}` : 'Signed in'
