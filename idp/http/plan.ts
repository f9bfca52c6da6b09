import Router from '@koa/router'
import type { Context } from 'koa'
import { fromSeconds } from '../../clock/moment.ts'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { ChangePlan, PaidPeriod, SetSubscription } from '../../protocol/my-plan.ts'
import { byPerson } from '../audit/by.ts'
import { offerPage } from '../pages/offer.tsx'
import { PLAN_ACTS, planPage } from '../pages/plan.tsx'
import { changePlan, mayChoose } from '../plans/change.ts'
import { openOffer, takeOffer } from '../plans/offer.ts'
import { OFFER_PATH } from '../plans/offer-link.ts'
import { accountPlan, myPlan } from '../plans/view.ts'
import { one } from '../sign-in/request.ts'
import type { Site } from '../site.ts'
import type { Session } from '../store/records.ts'
import { idIn, requireAdmin } from './admin.ts'
import { readForm, readJson, required } from './body.ts'
import { requireOwnKey, requireSession } from './my-session.ts'
import { forPerson, goTo, show } from './person.ts'
import { requireSameOrigin } from './same-origin.ts'

const PLAN = '/account/plan'

/**
 * An account's plan: on the person's page, for their client, by a link from a mail, and for the billing
 * system. Choosing takes no fresh sign-in: it charges nothing, lets nobody in, and is undone by choosing
 * again.
 */
export function planRoutes(site: Site): Router {
  const routes = new Router()
  pages(site, routes)
  json(site, routes)
  links(site, routes)
  billing(site, routes)
  return routes
}

function pages(site: Site, routes: Router): void {
  routes.get(PLAN, (ctx) =>
    forPerson(site, ctx, ({ account, membership }) => {
      if (!account || !membership) return goTo(ctx, '/')
      show(
        ctx,
        planPage({
          account,
          mayChange: mayChoose(membership.role),
          plans: site.settings.plans,
          now: site.clock.now(),
          ahead: site.ahead(),
        }),
      )
    }),
  )

  routes.post(PLAN, async (ctx) => {
    requireSameOrigin(ctx, site.settings.url)
    const form = readForm(ctx)
    await forPerson(site, ctx, async ({ session }) => {
      await changePlan(site, session.accountId, wishIn(form), byPerson(session, ctx.ip))
      goTo(ctx, PLAN)
    })
  })
}

function wishIn(form: URLSearchParams) {
  const act = PLAN_ACTS.find((known) => known === one(form, 'do'))
  if (act) return { kind: act }
  if (one(form, 'do') !== undefined) {
    throw new LatchkeyError('invalid_request', 'Choose what to do with your plan.')
  }
  return { kind: 'choose' as const, plan: required(form, 'plan') }
}

function json(site: Site, routes: Router): void {
  routes.get(ADDRESSES.myPlan, async (ctx) => {
    ctx.body = await planOf(site, await requireSession(site, ctx))
  })

  routes.post(ADDRESSES.myPlan, async (ctx) => {
    const session = await requireOwnKey(site, ctx)
    const wish = readJson(ctx, ChangePlan)
    const event =
      wish.do === 'choose' ? { kind: wish.do, plan: wish.plan } : ({ kind: wish.do } as const)
    await changePlan(site, session.accountId, event, byPerson(session, ctx.ip))
    ctx.body = await planOf(site, session)
  })
}

async function planOf(site: Site, { userId, accountId }: Session) {
  const account = await site.store.account(accountId)
  const membership = await site.store.membership(userId, accountId)
  if (account && membership) return myPlan(account, membership.role, site.settings.plans)
  throw new LatchkeyError('not_found', 'You do not belong to this account any more.')
}

function links(site: Site, routes: Router): void {
  const signed = (ctx: Context) => String(ctx.params.link ?? '')

  routes.get(`${OFFER_PATH}/:link`, async (ctx) => {
    const opened = await openOffer(site, signed(ctx))
    const { plans } = site.settings
    show(ctx, offerPage({ opened, plans, now: site.clock.now(), ahead: site.ahead() }))
  })

  // Opening changes nothing, for scanners of mails open everything; this does.
  routes.post(`${OFFER_PATH}/:link`, async (ctx) => {
    requireSameOrigin(ctx, site.settings.url)
    await takeOffer(site, signed(ctx), ctx.ip)
    goTo(ctx, `${OFFER_PATH}/${encodeURIComponent(signed(ctx))}`)
  })
}

function billing(site: Site, routes: Router): void {
  const path = '/admin/accounts/:id/subscription'

  routes.get(path, async (ctx) => {
    requireAdmin(site, ctx)
    const account = await site.store.account(idIn(ctx))
    if (!account) throw new LatchkeyError('not_found', 'There is no such account.')
    ctx.body = accountPlan(account)
  })

  routes.put(path, async (ctx) => {
    const by = requireAdmin(site, ctx)
    const said = readJson(ctx, SetSubscription)
    const event = {
      kind: 'set',
      plan: said.plan,
      status: said.status,
      trialEndsAt: moment(said.trial_ends_at),
      periodEndsAt: moment(said.period_ends_at),
      cancels: said.cancels_at_end,
    } as const
    ctx.body = accountPlan(await changePlan(site, idIn(ctx), event, by))
  })

  routes.post(`${path}/paid`, async (ctx) => {
    const by = requireAdmin(site, ctx)
    const { plan, period_ends_at } = readJson(ctx, PaidPeriod)
    const periodEndsAt = period_ends_at === undefined ? undefined : fromSeconds(period_ends_at)
    const event = { kind: 'paid', plan, periodEndsAt } as const
    ctx.body = accountPlan(await changePlan(site, idIn(ctx), event, by))
  })
}

const moment = (seconds: number | null) => (seconds === null ? null : fromSeconds(seconds))
