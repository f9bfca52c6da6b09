import Router from '@koa/router'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { accountsOf } from '../accounts/list.ts'
import { switchAccount } from '../accounts/switching.ts'
import { type By, byPerson } from '../audit/by.ts'
import { accountPage, SWITCH_PATH } from '../pages/account.tsx'
import { devicesPage } from '../pages/devices.tsx'
import { LOGIN_ACTS, loginsPage } from '../pages/logins.tsx'
import { devicesOf } from '../people/devices.ts'
import { isFresh } from '../people/fresh.ts'
import { disableLogins, enableLogins, latestWorkingMoment, mayEnable } from '../people/logins.ts'
import {
  endAllSessions,
  endOneSession,
  endOtherSessions,
  resetPassword,
} from '../people/sessions.ts'
import { one } from '../sign-in/request.ts'
import type { Site } from '../site.ts'
import { readForm, required } from './body.ts'
import { SIGN_OUT_PATH } from './browser.ts'
import { forPerson, goTo, show } from './person.ts'
import { requireSameOrigin } from './same-origin.ts'

const DEVICES = '/account/devices'
const LOGINS = '/account/logins'

/** The person's own pages: the session cookie says whose. State changes by POST from here alone. */
export function accountRoutes(site: Site): Router {
  const routes = new Router()
  const signInPath = ADDRESSES.signIn

  routes.get('/account', (ctx) =>
    forPerson(site, ctx, async (view) => {
      const { accounts } = await accountsOf(site, view.session)
      show(
        ctx,
        accountPage({
          view,
          accounts,
          plans: site.settings.plans,
          now: site.clock.now(),
          signOutPath: SIGN_OUT_PATH,
          ahead: site.ahead(),
        }),
      )
    }),
  )

  routes.post(SWITCH_PATH, async (ctx) => {
    requireSameOrigin(ctx, site.settings.url)
    const accountId = required(readForm(ctx), 'account')
    await forPerson(site, ctx, async ({ session }) => {
      await switchAccount(site, session.id, accountId, byPerson(session, ctx.ip))
      goTo(ctx, '/account')
    })
  })

  routes.get(DEVICES, (ctx) =>
    forPerson(site, ctx, async ({ session }) => {
      const now = site.clock.now()
      const devices = await devicesOf(site, session.userId, session.id)
      const fresh = isFresh(session, now)
      show(ctx, devicesPage({ devices, fresh, now, signInPath, ahead: site.ahead() }))
    }),
  )

  routes.post(DEVICES, async (ctx) => {
    requireSameOrigin(ctx, site.settings.url)
    const form = readForm(ctx)
    await forPerson(site, ctx, async ({ session }) => {
      if (isFresh(session, site.clock.now())) {
        await endAsAsked(site, session.userId, byPerson(session, ctx.ip), form)
      }
      // Whoever is not fresh reads on the page what to do first.
      goTo(ctx, DEVICES)
    })
  })

  routes.get(LOGINS, (ctx) =>
    forPerson(site, ctx, async ({ session, user }) => {
      const now = site.clock.now()
      const sessions = await site.store.liveSessionsOfUser(session.userId)
      show(
        ctx,
        loginsPage({
          disabled: user?.loginsDisabled ?? null,
          mayEnable: user !== undefined && mayEnable(user, 'user'),
          worksUntil: latestWorkingMoment(sessions, site.settings.lifetimes.access, now),
          devices: sessions.length,
          fresh: isFresh(session, now),
          now,
          signInPath,
          ahead: site.ahead(),
        }),
      )
    }),
  )

  routes.post(LOGINS, async (ctx) => {
    requireSameOrigin(ctx, site.settings.url)
    const form = readForm(ctx)
    await forPerson(site, ctx, async ({ session }) => {
      const by = byPerson(session, ctx.ip)
      await changeAsAsked(site, session.userId, by, isFresh(session, site.clock.now()), form)
      goTo(ctx, LOGINS)
    })
  })

  return routes
}

async function endAsAsked(site: Site, userId: string, by: By, form: URLSearchParams) {
  const session = one(form, 'session')
  const which = one(form, 'which')
  if (session !== undefined) await endOneSession(site, userId, session, by)
  else if (which === 'others') await endOtherSessions(site, userId, by)
  else if (which === 'all') await endAllSessions(site, userId, by)
  else throw new LatchkeyError('invalid_request', 'Choose which of your devices to end.')
}

async function changeAsAsked(
  site: Site,
  userId: string,
  by: By,
  fresh: boolean,
  form: URLSearchParams,
) {
  const act = LOGIN_ACTS.find((known) => known === one(form, 'do'))
  if (!act) throw new LatchkeyError('invalid_request', 'Choose what to do with your logins.')
  // Switching on needs no fresh sign-in: there can be none while logins are off.
  if (act === 'enable') await enableLogins(site, userId, by)
  else if (!fresh) return
  else if (act === 'reset') await resetPassword(site, userId, by)
  else await disableLogins(site, userId, act, by)
}
