import { createHash } from 'node:crypto'
import { fromSeconds } from '../../clock/moment.ts'
import type { Row, Store } from '../store.ts'
import type { RefreshTokenShown, SessionShown } from './answers.ts'

/** What stands for a secret in answers. */
export const fingerprint = (secret: string): string =>
  createHash('sha256').update(secret).digest('hex').slice(0, 16)

/** The browser sessions in which somebody is signed in. */
export const sessionsShown = (store: Store): SessionShown[] =>
  store.rows('Session').flatMap(({ id, payload, until }) =>
    payload.accountId === undefined
      ? []
      : [
          {
            id: fingerprint(id),
            person: payload.accountId,
            signedInAt: fromSeconds(payload.loginTs ?? payload.iat ?? 0),
            until: until ?? null,
            applications: Object.keys(payload.authorizations ?? {}),
          },
        ],
  )

export const refreshTokensShown = (store: Store): RefreshTokenShown[] =>
  store.rows('RefreshToken').map(({ id, scope, payload }) => ({
    id: fingerprint(id),
    person: payload.accountId ?? '',
    application: payload.clientId ?? '',
    policy: scope,
    scope: payload.scope ?? '',
    issuedAt: fromSeconds(payload.iat ?? 0),
    until: fromSeconds(payload.exp ?? 0),
  }))

/** @returns whether there was one */
export const endSession = (store: Store, id: string): boolean =>
  remove(store, store.rows('Session').filter(hasFingerprint(id)))

/** Who is gone or disabled is signed in nowhere any more. */
export function endSessionsOf(store: Store, oid: string): void {
  remove(
    store,
    store.rows('Session').filter(({ payload }) => payload.accountId === oid),
  )
}

/**
 * Revokes a refresh token with all that was given out together with it.
 *
 * @returns whether there was one
 */
export function revokeRefreshToken(store: Store, id: string): boolean {
  const [found] = store.rows('RefreshToken').filter(hasFingerprint(id))
  if (found?.payload.grantId === undefined) return false
  store.revokeGrant(found.payload.grantId)
  return true
}

const hasFingerprint = (id: string) => (row: Row) => fingerprint(row.id) === id

function remove(store: Store, rows: readonly Row[]): boolean {
  for (const row of rows) store.remove(row)
  return rows.length > 0
}
