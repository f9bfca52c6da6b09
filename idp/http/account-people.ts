import Router from '@koa/router'
import type { Context } from 'koa'
import * as v from 'valibot'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { CloseAccount } from '../../protocol/closing.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { ChangeRole, Invite } from '../../protocol/my-members.ts'
import { readAccount } from '../accounts/change.ts'
import { closeAccount, toldClosing } from '../accounts/closing.ts'
import {
  acceptInvitation,
  INVITATION_WORDS,
  invite,
  openInvitation,
  withdrawInvitation,
} from '../accounts/invitations.ts'
import { membersOf } from '../accounts/list.ts'
import { changeRole, removeMember } from '../accounts/members.ts'
import { activityOf, readActivity } from '../audit/activity.ts'
import { byPerson } from '../audit/by.ts'
import { castOf, entryInWords } from '../audit/in-words.ts'
import { INVITATION_PATH } from '../mail/words.ts'
import { activityPage } from '../pages/activity.tsx'
import { closePage } from '../pages/close.tsx'
import { deletePage } from '../pages/delete.tsx'
import { invitationPage } from '../pages/invitation.tsx'
import { MEMBER_ACTS, membersPage } from '../pages/members.tsx'
import { confirmationOf, confirms } from '../people/confirmation.ts'
import { DELETED_NAME, deleteUser, farewell } from '../people/deletion.ts'
import { isFresh } from '../people/fresh.ts'
import type { SessionView } from '../sessions/standing.ts'
import { visit } from '../sessions/web.ts'
import { one } from '../sign-in/request.ts'
import { INVITATION_PAGE_PATH } from '../sign-in/start.ts'
import type { Site } from '../site.ts'
import type { Account, AuditRecord, Membership, User } from '../store/records.ts'
import { readCount } from './admin.ts'
import { readForm, required } from './body.ts'
import { readBrowser, readInvitation, setInvitation } from './cookies.ts'
import { forPerson, goTo, show } from './person.ts'
import { requireSameOrigin } from './same-origin.ts'

const MEMBERS = '/account/members'
const INVITATION = INVITATION_PAGE_PATH
const CLOSE = '/account/close'
const DELETE = '/account/delete'
const ACTIVITY = '/account/activity'

/** Lines of one page of activity. */
const LINES = 30

/** A signed-in person with everything that a page about their account needs. */
interface Reader extends SessionView {
  readonly user: User
  readonly account: Account
  readonly membership: Membership
}

/** The pages about who belongs to an account, its end, the person's end, and what happened. */
export function accountPeopleRoutes(site: Site): Router {
  const routes = new Router()
  const signInPath = ADDRESSES.signIn

  const forReader = (ctx: Context, welcome: (reader: Reader) => void | Promise<void>) =>
    forPerson(site, ctx, ({ session, user, account, membership }) => {
      // Whoever is signed in has all of these; a moment later somebody may have taken one away.
      if (!user || !account || !membership) return goTo(ctx, '/')
      return welcome({ session, user, account, membership })
    })

  /** A form of ours, by whom, and whether they proved themselves lately. */
  const byReader = async (
    ctx: Context,
    act: (reader: Reader, form: URLSearchParams, fresh: boolean) => Promise<void>,
  ) => {
    requireSameOrigin(ctx, site.settings.url)
    const form = readForm(ctx)
    await forReader(ctx, (reader) => act(reader, form, isFresh(reader.session, site.clock.now())))
  }

  routes.get(MEMBERS, (ctx) =>
    forReader(ctx, async ({ session, account, membership }) => {
      const now = site.clock.now()
      show(
        ctx,
        membersPage({
          account: account.name,
          role: membership.role,
          listed: await membersOf(site, membership),
          fresh: isFresh(session, now),
          now,
          signInPath,
          ahead: site.ahead(),
        }),
      )
    }),
  )

  routes.post(MEMBERS, (ctx) =>
    byReader(ctx, async ({ session }, form, fresh) => {
      // Whoever is not fresh reads on the page what to do first.
      if (fresh || one(form, 'do') === 'withdraw') {
        await changeMembers(site, session.accountId, byPerson(session, ctx.ip), form)
      }
      goTo(ctx, MEMBERS)
    }),
  )

  // Mail scanners open links too: this only takes the link out of the address (RFC 9700 §4.2.4).
  routes.get(`${INVITATION_PATH}/:link`, async (ctx) => {
    const signed = String(ctx.params.link)
    await openInvitation(site, signed)
    setInvitation(ctx, signed)
    goTo(ctx, INVITATION)
  })

  routes.get(INVITATION, async (ctx) => {
    const opened = await openInvitation(site, readInvitation(ctx) ?? '')
    const seen = await visit(site, readBrowser(ctx))
    const user = seen.kind === 'signed_in' ? seen.view.user : undefined
    const belongs =
      user !== undefined &&
      !opened.account.closed &&
      (await site.store.membership(user.id, opened.account.id)) !== undefined
    const reader = user && { user, belongs }
    show(ctx, invitationPage({ opened, reader, signInPath, ahead: site.ahead() }))
  })

  routes.post(INVITATION, (ctx) =>
    byReader(ctx, async ({ session }) => {
      const opened = await openInvitation(site, readInvitation(ctx) ?? '')
      if (opened.standing !== 'open') {
        throw new LatchkeyError('access_denied', INVITATION_WORDS[opened.standing])
      }
      await acceptInvitation(site, opened, session.userId, byPerson(session, ctx.ip))
      goTo(ctx, INVITATION)
    }),
  )

  routes.get(CLOSE, (ctx) =>
    forReader(ctx, async ({ session, account, membership }) => {
      if (membership.role !== 'owner') return goTo(ctx, '/account')
      const members = await site.store.membershipsOfAccount(account.id)
      show(
        ctx,
        closePage({
          account: account.name,
          members: members.length,
          fresh: isFresh(session, site.clock.now()),
          signInPath,
          ahead: site.ahead(),
        }),
      )
    }),
  )

  routes.post(CLOSE, (ctx) =>
    byReader(ctx, async ({ session }, form, fresh) => {
      if (!fresh) return goTo(ctx, CLOSE)
      const why = toldClosing(read(CloseAccount, form, 'Choose why you close it.'))
      await closeAccount(site, session.accountId, why, byPerson(session, ctx.ip))
      // Where this browser reads what happened to its session.
      goTo(ctx, '/')
    }),
  )

  routes.get(DELETE, (ctx) =>
    forReader(ctx, async ({ session, user }) => {
      const memberships = await site.store.membershipsOfUser(user.id)
      const views = await Promise.all(
        memberships.map(({ accountId }) => readAccount(site.store, accountId, [])),
      )
      show(
        ctx,
        deletePage({
          accounts: views
            .filter(({ account }) => !account.closed)
            .map((view) => ({ name: view.account.name, farewell: farewell(view, user.id) })),
          confirmation: confirmationOf(user),
          fresh: isFresh(session, site.clock.now()),
          signInPath,
          ahead: site.ahead(),
        }),
      )
    }),
  )

  routes.post(DELETE, (ctx) =>
    byReader(ctx, async ({ session, user }, form, fresh) => {
      if (!fresh) return goTo(ctx, DELETE)
      if (!confirms(user, required(form, 'confirm'))) {
        throw new LatchkeyError(
          'invalid_request',
          'What you typed is not what was asked for, so nothing was deleted. Go back and try again.',
        )
      }
      await deleteUser(site, session.userId, byPerson(session, ctx.ip))
      goTo(ctx, '/')
    }),
  )

  routes.get(ACTIVITY, (ctx) =>
    forReader(ctx, async ({ user, account, membership }) => {
      const query = new URLSearchParams(ctx.querystring)
      const of = activityOf(one(query, 'of'))
      const before = readCount(query, 'before', Number.MAX_SAFE_INTEGER)
      // One more than is shown says whether there is another page.
      const entries = await readActivity(site, membership, { of, before, limit: LINES + 1 })
      const shown = entries.slice(0, LINES)
      const lines = await inSentences(site, shown, user.id)
      show(
        ctx,
        activityPage({
          of,
          account: membership.role === 'member' ? undefined : account.name,
          lines,
          older: entries.length > LINES ? shown.at(-1)?.sequence : undefined,
          now: site.clock.now(),
          ahead: site.ahead(),
        }),
      )
    }),
  )

  return routes
}

async function changeMembers(
  site: Site,
  accountId: string,
  by: ReturnType<typeof byPerson>,
  form: URLSearchParams,
) {
  switch (MEMBER_ACTS.find((known) => known === one(form, 'do'))) {
    case 'role': {
      const { role } = read(ChangeRole, form, 'Choose one of the roles.')
      return changeRole(site, accountId, required(form, 'member'), role, by)
    }
    case 'remove':
      return removeMember(site, accountId, required(form, 'member'), by)
    case 'invite':
      return invite(site, accountId, read(Invite, form, 'Give an e-mail address and a role.'), by)
    case 'withdraw':
      return withdrawInvitation(site, accountId, required(form, 'invitation'), by)
    case undefined:
      throw new LatchkeyError('invalid_request', 'Choose what to do with the members.')
  }
}

/** A form of a known shape. */
function read<T extends v.ObjectSchema<v.ObjectEntries, undefined>>(
  schema: T,
  form: URLSearchParams,
  otherwise: string,
): v.InferOutput<T> {
  const fields = Object.keys(schema.entries).map((name) => [name, one(form, name)])
  const found = v.safeParse(schema, Object.fromEntries(fields))
  if (found.success) return found.output
  throw new LatchkeyError('invalid_request', `${otherwise} Go back and try again.`)
}

async function inSentences(site: Site, entries: readonly AuditRecord[], reader: string) {
  const ids = new Set(entries.flatMap(({ userId, byUserId }) => [userId, byUserId]))
  const people = await Promise.all(
    [...ids].filter((id) => id !== null).map((id) => site.store.user(id)),
  )
  const names = new Map(people.flatMap((user) => (user ? [[user.id, user.name]] : [])))
  const nameOf = (id: string) => names.get(id) ?? DELETED_NAME
  return entries.map((entry) => ({
    sequence: entry.sequence ?? 0,
    at: entry.at,
    sentence: entryInWords(entry, castOf(entry, reader, nameOf)),
    address: entry.address,
    act: entry.act,
  }))
}
