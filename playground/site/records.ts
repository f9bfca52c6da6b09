import type { Session, Tables } from '../../idp/store/records.ts'
import type { Write } from '../../idp/store/store.ts'

/** The tables that the console shows; sign-ins and codes on their way are nobody's business. */
export const SHOWN_TABLES = [
  'user',
  'account',
  'membership',
  'device',
  'session',
  'event',
  'delivery',
  'audit',
  'mail',
] as const satisfies readonly (keyof Tables)[]

export type ShownTable = (typeof SHOWN_TABLES)[number]

const HIDDEN = ['tokens', 'cookieHash', 'jkt', 'accessTokenId'] as const

/** A session without anything that is derived from a secret. */
export type ShownSession = Omit<Session, (typeof HIDDEN)[number]> & {
  /** How many successors were displaced before anybody used them: answers that got lost. */
  readonly displaced: number
}

export type ShownTables = {
  [T in ShownTable]: T extends 'session' ? ShownSession : Tables[T]
}

/** One change of one record as the console hears of it. */
export type ShownWrite =
  | { [T in ShownTable]: { readonly table: T; readonly put: ShownTables[T] } }[ShownTable]
  | { readonly table: ShownTable; readonly remove: string }

export const isShownTable = (name: unknown): name is ShownTable =>
  (SHOWN_TABLES as readonly unknown[]).includes(name)

/** What of a write is shown; `undefined`: nothing. */
export function shownWrite(write: Write): ShownWrite | undefined {
  if ('remove' in write) {
    return isShownTable(write.table) ? { table: write.table, remove: write.remove } : undefined
  }
  switch (write.table) {
    case 'session':
      return { table: 'session', put: shownSession(write.put) }
    case 'user':
    case 'account':
    case 'membership':
    case 'device':
    case 'event':
    case 'delivery':
    case 'audit':
    case 'mail':
      return write
    default:
      return undefined
  }
}

function shownSession(session: Session): ShownSession {
  const { tokens, cookieHash: _, jkt: _jkt, accessTokenId: _id, ...shown } = session
  return { ...shown, displaced: tokens?.displaced.length ?? 0 }
}
