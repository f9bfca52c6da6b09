import Router from '@koa/router'
import type { Context } from 'koa'
import { ADDRESSES } from '../../protocol/addresses.ts'
import type { AuditPage } from '../../protocol/audit.ts'
import { CloseAccount } from '../../protocol/closing.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { DeleteMe, SwitchAccount, type SwitchedAccount } from '../../protocol/my-accounts.ts'
import type { EndedSessions } from '../../protocol/my-devices.ts'
import { ChangeRole, Invite } from '../../protocol/my-members.ts'
import { closeAccount, toldClosing } from '../accounts/closing.ts'
import { invite, withdrawInvitation } from '../accounts/invitations.ts'
import { accountsOf, membersOf } from '../accounts/list.ts'
import { changeRole, removeMember } from '../accounts/members.ts'
import { switchAccount } from '../accounts/switching.ts'
import { activityOf, readActivity } from '../audit/activity.ts'
import { byPerson } from '../audit/by.ts'
import { auditEntry } from '../audit/view.ts'
import { confirms } from '../people/confirmation.ts'
import { deleteUser } from '../people/deletion.ts'
import { one } from '../sign-in/request.ts'
import type { Site } from '../site.ts'
import type { Membership, Session } from '../store/records.ts'
import { accountClaim } from '../tokens/access-token.ts'
import { idIn, readCount } from './admin.ts'
import { readJson } from './body.ts'
import { requireFresh, requireOwnKey, requireSession } from './my-session.ts'

/** Entries that one answer of the audit log holds unless fewer are asked for. */
const PAGE = 100

/** What a client reads and does about the account that it is signed in for, and about others. */
export function myAccountRoutes(site: Site): Router {
  const routes = new Router()

  /** For what is sensitive: the device's key in this request, and a sign-in of the last ten minutes. */
  const requireFreshOwnKey = async (ctx: Context): Promise<Session> => {
    const session = await requireOwnKey(site, ctx)
    requireFresh(site, session)
    return session
  }

  routes.get(ADDRESSES.myMembers, async (ctx) => {
    ctx.body = await membersOf(site, await membershipOf(site, await requireSession(site, ctx)))
  })

  routes.post(`${ADDRESSES.myMembers}/:id`, async (ctx) => {
    const session = await requireFreshOwnKey(ctx)
    const { role } = readJson(ctx, ChangeRole)
    await changeRole(site, session.accountId, idIn(ctx), role, byPerson(session, ctx.ip))
    ctx.body = await membersOf(site, await membershipOf(site, session))
  })

  routes.delete(`${ADDRESSES.myMembers}/:id`, async (ctx) => {
    const session = await requireFreshOwnKey(ctx)
    const by = byPerson(session, ctx.ip)
    ctx.body = told(await removeMember(site, session.accountId, idIn(ctx), by))
  })

  routes.post(ADDRESSES.myInvitations, async (ctx) => {
    const session = await requireFreshOwnKey(ctx)
    const asked = readJson(ctx, Invite)
    await invite(site, session.accountId, asked, byPerson(session, ctx.ip))
    ctx.status = 201
    ctx.body = await membersOf(site, await membershipOf(site, session))
  })

  routes.delete(`${ADDRESSES.myInvitations}/:id`, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    await withdrawInvitation(site, session.accountId, idIn(ctx), byPerson(session, ctx.ip))
    ctx.body = await membersOf(site, await membershipOf(site, session))
  })

  routes.get(ADDRESSES.myAccounts, async (ctx) => {
    ctx.body = await accountsOf(site, await requireSession(site, ctx))
  })

  routes.post(ADDRESSES.myAccount, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    const { account_id } = readJson(ctx, SwitchAccount)
    const switched = await switchAccount(site, session.id, account_id, byPerson(session, ctx.ip))
    ctx.body = {
      account: accountClaim(switched.account, switched.membership),
      refresh: 'now',
    } satisfies SwitchedAccount
  })

  routes.post(`${ADDRESSES.myAccount}/close`, async (ctx) => {
    const session = await requireFreshOwnKey(ctx)
    const why = toldClosing(readJson(ctx, CloseAccount))
    ctx.body = told(await closeAccount(site, session.accountId, why, byPerson(session, ctx.ip)))
  })

  routes.post(ADDRESSES.myDeletion, async (ctx) => {
    const session = await requireFreshOwnKey(ctx)
    const { confirm } = readJson(ctx, DeleteMe)
    const user = await site.store.user(session.userId)
    if (!user || !confirms(user, confirm)) {
      throw new LatchkeyError(
        'invalid_request',
        'Type the e-mail address that you are known by here, or your name if there is none.',
      )
    }
    ctx.body = told(await deleteUser(site, session.userId, byPerson(session, ctx.ip)))
  })

  routes.get(ADDRESSES.myAudit, async (ctx) => {
    const session = await requireSession(site, ctx)
    const query = new URLSearchParams(ctx.querystring)
    const entries = await readActivity(site, await membershipOf(site, session), {
      of: activityOf(one(query, 'of')),
      before: readCount(query, 'before', Number.MAX_SAFE_INTEGER),
      limit: readCount(query, 'limit', PAGE) ?? PAGE,
    })
    ctx.body = { entries: entries.map(auditEntry) } satisfies AuditPage
  })

  return routes
}

const told = ({ ended }: { readonly ended: readonly string[] }): EndedSessions => ({
  ended: [...ended],
})

/** @throws LatchkeyError `access_denied`: whoever was put out a moment ago sees nothing more */
async function membershipOf(site: Site, { userId, accountId }: Session): Promise<Membership> {
  const membership = await site.store.membership(userId, accountId)
  if (membership) return membership
  throw new LatchkeyError('access_denied', 'You do not belong to this account any more.')
}
