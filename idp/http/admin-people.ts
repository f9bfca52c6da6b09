import Router from '@koa/router'
import { toSeconds } from '../../clock/moment.ts'
import type { MailList } from '../../protocol/mails.ts'
import { addressOf } from '../mail/sending.ts'
import type { Site } from '../site.ts'
import { readCount, requireAdmin } from './admin.ts'

/** Mails that one answer lists unless fewer are asked for. */
const MAILS = 100

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

  return routes
}
