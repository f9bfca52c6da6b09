import Router from '@koa/router'
import { toSeconds } from '../../clock/moment.ts'
import { CloseAccountAsAdmin, type Closings } from '../../protocol/closing.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { MailList } from '../../protocol/mails.ts'
import type { EndedSessions } from '../../protocol/my-devices.ts'
import { closeAccount, reopenAccount, toldClosing } from '../accounts/closing.ts'
import { addressOf } from '../mail/sending.ts'
import { deleteUser } from '../people/deletion.ts'
import { endOneSession } from '../people/sessions.ts'
import type { Site } from '../site.ts'
import { idIn, readCount, requireAdmin } from './admin.ts'
import { readJson } from './body.ts'

/** Mails that one answer lists unless fewer are asked for. */
const MAILS = 100

/** Closings that one answer lists unless fewer are asked for. */
const CLOSINGS = 1000

/** What those who run the site see and do about people and accounts. */
export function adminPeopleRoutes(site: Site): Router {
  const routes = new Router()

  routes.get('/admin/mail', async (ctx) => {
    requireAdmin(site, ctx)
    const limit = readCount(new URLSearchParams(ctx.querystring), 'limit', MAILS) ?? MAILS
    const mails = await Promise.all(
      (await site.store.mails(limit)).map(async (mail) => ({
        id: mail.id,
        at: toSeconds(mail.at),
        kind: mail.says.kind,
        to: (await addressOf(site, mail)) ?? null,
        user_id: mail.to.kind === 'person' ? mail.to.userId : null,
        state: mail.state,
        attempts: mail.attempts,
      })),
    )
    ctx.body = { mails } satisfies MailList
  })

  routes.post('/admin/accounts/:id/close', async (ctx) => {
    const by = requireAdmin(site, ctx)
    const { reason, words } = readJson(ctx, CloseAccountAsAdmin)
    const why = reason === undefined ? undefined : toldClosing({ reason, words })
    ctx.body = told(await closeAccount(site, idIn(ctx), why, by))
  })

  routes.post('/admin/accounts/:id/reopen', async (ctx) => {
    await reopenAccount(site, idIn(ctx), requireAdmin(site, ctx))
    ctx.body = told({ ended: [] })
  })

  routes.delete('/admin/users/:id', async (ctx) => {
    ctx.body = told(await deleteUser(site, idIn(ctx), requireAdmin(site, ctx)))
  })

  routes.delete('/admin/sessions/:id', async (ctx) => {
    const by = requireAdmin(site, ctx)
    const session = await site.store.session(idIn(ctx))
    if (!session) throw new LatchkeyError('not_found', 'There is no such session.')
    ctx.body = told({ ended: await endOneSession(site, session.userId, session.id, by) })
  })

  routes.get('/admin/closings', async (ctx) => {
    requireAdmin(site, ctx)
    const limit = readCount(new URLSearchParams(ctx.querystring), 'limit', CLOSINGS) ?? CLOSINGS
    const closings = (await site.store.closedAccounts(limit)).flatMap(({ id, closed }) =>
      closed
        ? {
            account_id: id,
            at: toSeconds(closed.at),
            actor: closed.actor,
            reason: closed.told?.reason ?? null,
            words: closed.told?.words ?? null,
          }
        : [],
    )
    ctx.body = { closings } satisfies Closings
  })

  return routes
}

const told = ({ ended }: { readonly ended: readonly string[] }): EndedSessions => ({
  ended: [...ended],
})
