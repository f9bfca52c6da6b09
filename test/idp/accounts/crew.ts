import { type By, byPerson } from '../../../idp/audit/by.ts'
import {
  type Account,
  type Membership,
  membershipId,
  type User,
} from '../../../idp/store/records.ts'
import type { Write } from '../../../idp/store/store.ts'
import type { Role } from '../../../protocol/plan.ts'
import { TestDevice } from '../../support/device.ts'
import { ADA, makeCode, PROVIDER, type RunningSite } from '../../support/site.ts'

/** Who else belongs to Ada's account: Bo owns it too, Cy runs it, Di and Ed are members. */
export const CREW = {
  usr_bo: 'owner',
  usr_cy: 'admin',
  usr_di: 'member',
  usr_ed: 'member',
} as const satisfies Record<string, Role>

/** Di's own account, and nobody else's. */
export const OTHER: Account = { ...ADA.account, id: 'acc_di', name: 'Di’s' }

export const person = (id: string): User => ({
  ...ADA.user,
  id,
  name: id.slice(4),
  email: `${id.slice(4)}@example.test`,
  identities: [{ issuer: PROVIDER.issuer, subject: id }],
})

export const member = (userId: string, role: Role, accountId = ADA.account.id): Membership => ({
  id: membershipId(userId, accountId),
  userId,
  accountId,
  role,
  since: 0,
})

export const crewWrites = (): readonly Write[] => [
  ...Object.entries(CREW).flatMap(([id, role]): Write[] => [
    { table: 'user', put: person(id) },
    { table: 'membership', put: member(id, role) },
  ]),
  { table: 'account', put: OTHER },
  { table: 'membership', put: member('usr_di', 'owner', OTHER.id) },
]

export const byUser = (userId: string): By => byPerson({ id: `ses_of_${userId}`, userId }, null)

export const BY_BO = byUser('usr_bo')

/** Somebody's device, signed in for an account. */
export async function signedInAs(site: RunningSite, userId: string, accountId = ADA.account.id) {
  const device = await TestDevice.make(site)
  const { code, codeVerifier, redirectUri } = await makeCode(site, {
    jkt: await device.jkt(),
    userId,
    accountId,
    era: (await site.store.user(userId))?.allEnded?.times ?? 0,
  })
  const redeem = () =>
    device.post('/token', {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
      code,
    })
  const { body } = await redeem()
  return {
    device,
    token: String(body.access_token),
    refreshToken: String(body.refresh_token),
    sessionId: String(body.session_id),
    get: (path: string) => device.get(path, String(body.access_token)),
    act: (method: 'POST' | 'DELETE', path: string, json?: unknown) =>
      device.act(method, path, String(body.access_token), json),
  }
}
