import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND, toSeconds } from '../../../clock/moment.ts'
import { closeAccount } from '../../../idp/accounts/closing.ts'
import { removeMember } from '../../../idp/accounts/members.ts'
import { byAdmin } from '../../../idp/audit/by.ts'
import { deleteUser } from '../../../idp/people/deletion.ts'
import { disableLogins, enableLogins } from '../../../idp/people/logins.ts'
import { MyDevices } from '../../../protocol/my-devices.ts'
import { inWords } from '../../../protocol/reasons.ts'
import { SignInSteps, TestBrowser } from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import { ADA, makeCode, type RunningSite } from '../../support/site.ts'
import { BY_BO, crewWrites } from '../accounts/crew.ts'
import {
  aboutToSignIn,
  browserOf,
  byAda,
  eventsOf,
  reasonOf,
  sessionOf,
  signedIn,
  startHeardSite,
  toldOf,
} from './person.ts'

let site: RunningSite
type SignedIn = Awaited<ReturnType<typeof signedIn>>
let laptop: SignedIn
let phone: SignedIn

beforeEach(async () => {
  site = (await startHeardSite()).site
  laptop = await signedIn(site)
  phone = await signedIn(site)
})
afterEach(() => site.close())

const byLaptop = (method: 'POST' | 'DELETE', path: string, body?: unknown) =>
  laptop.device.act(method, path, laptop.tokens.access_token, body)

/** As an answer over HTTP would say. */
const done = async (work: Promise<unknown>) => {
  await work
  return { status: 200 }
}

describe('each path ends what it says, with one event, and one word everywhere', () => {
  type Path = readonly [
    name: string,
    act: () => Promise<{ readonly status: number }>,
    laptop: string | undefined,
    phone: string | undefined,
    web: string | undefined,
    actor?: 'admin',
  ]
  const PATHS: readonly Path[] = [
    [
      'end one other',
      () => byLaptop('DELETE', `/me/devices/${phone.tokens.session_id}`),
      undefined,
      'signed_out_elsewhere',
      undefined,
    ],
    [
      'end this one',
      () => byLaptop('DELETE', `/me/devices/${laptop.tokens.session_id}`),
      'signed_out',
      undefined,
      undefined,
    ],
    [
      'end all others',
      () => byLaptop('POST', '/me/devices/end-others'),
      undefined,
      'signed_out_elsewhere',
      'signed_out_elsewhere',
    ],
    [
      'end all',
      () => byLaptop('POST', '/me/devices/end-all'),
      'all_devices_signed_out',
      'all_devices_signed_out',
      'all_devices_signed_out',
    ],
    [
      'disable logins now',
      () => byLaptop('POST', '/me/logins/disable', { mode: 'now' }),
      'logins_disabled',
      'logins_disabled',
      'logins_disabled',
    ],
    [
      'disable logins when tokens run out',
      () => byLaptop('POST', '/me/logins/disable', { mode: 'expiry' }),
      undefined,
      undefined,
      undefined,
    ],
    [
      'reset the password',
      () => byLaptop('POST', '/me/password-reset'),
      'password_reset',
      'password_reset',
      'password_reset',
    ],
    [
      'leave the account',
      () => byLaptop('DELETE', `/me/members/${ADA.user.id}`),
      'membership_removed',
      'membership_removed',
      'membership_removed',
    ],
    [
      'be removed from the account',
      () => done(removeMember(site.site, ADA.account.id, ADA.user.id, BY_BO)),
      'membership_removed',
      'membership_removed',
      'membership_removed',
      'admin',
    ],
    [
      'close the account',
      () => byLaptop('POST', '/me/account/close', { reason: 'not_used' }),
      'account_closed',
      'account_closed',
      'account_closed',
    ],
    [
      'see the account closed by whoever runs the site',
      () => done(closeAccount(site.site, ADA.account.id, undefined, byAdmin(null))),
      'account_closed',
      'account_closed',
      'account_closed',
      'admin',
    ],
    [
      'delete oneself',
      () => byLaptop('POST', '/me/delete', { confirm: 'Ada@example.test ' }),
      'user_deleted',
      'user_deleted',
      'user_deleted',
    ],
    [
      'be deleted by whoever runs the site',
      () => done(deleteUser(site.site, ADA.user.id, byAdmin(null))),
      'user_deleted',
      'user_deleted',
      'user_deleted',
      'admin',
    ],
  ]

  test.each(PATHS.map((path) => [path[0], path] as const))('%s', async (_, path) => {
    const [, act, ofLaptop, ofPhone, ofWeb, actor = 'user'] = path
    await site.store.commit(crewWrites())
    const web = await browserOf(site)
    expect((await act()).status).toBe(200)
    const events = eventsOf(site)
    const expected = { laptop: ofLaptop, phone: ofPhone, web: ofWeb }
    const ids = {
      laptop: laptop.tokens.session_id,
      phone: phone.tokens.session_id,
      web: web.session.id,
    }
    for (const who of ['laptop', 'phone', 'web'] as const) {
      const reason = expected[who]
      expect(await reasonOf(site, ids[who]), who).toBe(reason)
      expect(toldOf(events, ids[who]), who).toEqual(reason ? [`${reason} by ${actor}`] : [])
      const entries = await site.store.audit({ limit: 100 })
      expect(
        entries.flatMap((entry) =>
          entry.act === 'session_ended' && entry.sessionId === ids[who]
            ? `${entry.reason} by ${entry.actor}`
            : [],
        ),
        who,
      ).toEqual(reason ? [`${reason} by ${actor}`] : [])
    }
    for (const [{ device, tokens }, reason] of [
      [laptop, ofLaptop],
      [phone, ofPhone],
    ] as const) {
      if (!reason) continue
      const used = await device.get('/me', tokens.access_token)
      expect([used.status, used.body.error, used.body.reason]).toEqual([
        401,
        'invalid_token',
        reason,
      ])
      const refreshed = await device.refresh(tokens.refresh_token)
      expect([refreshed.status, refreshed.body.reason]).toEqual([400, reason])
    }
    const page = await web.browser.get('/')
    expect(page.body).toContain(
      ofWeb
        ? inWords(ofWeb as 'password_reset', { actor, account: ADA.account.name }).title
        : 'Signed in as Ada',
    )
    // Nothing that only looks makes another event.
    expect(eventsOf(site)).toHaveLength(events.length)
  })

  test('pressed ten times at once: ended once, told once', async () => {
    const { session_id } = phone.tokens
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => byLaptop('DELETE', `/me/devices/${session_id}`)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(answers.flatMap(({ body }) => body.ended)).toEqual([session_id])
    expect(toldOf(eventsOf(site), session_id)).toEqual(['signed_out_elsewhere by user'])
  })

  test('a session whose deadline had passed ended by that, whatever is pressed', async () => {
    site.clock.advance(13 * DAY)
    const fresh = await signedIn(site)
    site.clock.advance(DAY + SECOND)
    const { body } = await fresh.device.refresh(fresh.tokens.refresh_token)
    await fresh.device.act('POST', '/me/devices/end-all', String(body.access_token))
    const { ended } = await sessionOf(site, phone.tokens.session_id)
    expect(ended?.reason).toBe('idle_expired')
    expect(ended?.at).toBeLessThan(site.clock.now())
    expect(await reasonOf(site, fresh.tokens.session_id)).toBe('all_devices_signed_out')
  })
})

describe('what nobody may', () => {
  test.each(['ses_unknown', 'x'])('end a device that is not there: %s', async (id) => {
    expect((await byLaptop('DELETE', `/me/devices/${id}`)).body.error).toBe('not_found')
  })

  test('end another person’s session: it looks as if it were not there', async () => {
    await site.store.commit([
      { table: 'user', put: { ...ADA.user, id: 'usr_eve', identities: [] } },
      {
        table: 'membership',
        put: { ...ADA.membership, id: 'usr_eve:acc_ada', userId: 'usr_eve' },
      },
    ])
    const device = await TestDevice.make(site)
    const made = await makeCode(site, { jkt: await device.jkt(), userId: 'usr_eve' })
    const eve = await device.post('/token', {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: made.redirectUri,
      code_verifier: made.codeVerifier,
      code: made.code,
    })
    const token = String(eve.body.access_token)
    const { session_id } = phone.tokens
    expect((await device.act('DELETE', `/me/devices/${session_id}`, token)).status).toBe(404)
    await device.act('POST', '/me/devices/end-all', token)
    expect(await reasonOf(site, session_id)).toBeUndefined()
  })

  test('change anything with a bearer token, which a service may have been shown', async () => {
    const { code, codeVerifier, redirectUri } = await makeCode(site)
    const answer = await fetch(`${site.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'latchkey-desktop',
        redirect_uri: redirectUri,
        code_verifier: codeVerifier,
        code,
      }),
    })
    const { access_token, token_type } = await answer.json()
    expect(token_type).toBe('Bearer')
    const headers = { authorization: `Bearer ${access_token}` }
    expect((await fetch(`${site.url}/me/devices`, { headers })).status).toBe(200)
    const tried = await fetch(`${site.url}/me/devices/end-all`, { method: 'POST', headers })
    expect([tried.status, (await tried.json()).error]).toEqual([401, 'invalid_token'])
    expect(await reasonOf(site, phone.tokens.session_id)).toBeUndefined()
  })

  test('disable or reset 10 minutes and a second after the sign-in: RFC 9470 says how to go on', async () => {
    site.clock.advance(10 * MINUTE + SECOND)
    for (const [path, body] of [
      ['/me/logins/disable', { mode: 'now' }],
      ['/me/password-reset', undefined],
    ] as const) {
      const answer = await byLaptop('POST', path, body)
      expect([answer.status, answer.body.error]).toEqual([401, 'insufficient_user_authentication'])
      expect(answer.headers.get('www-authenticate')).toMatch(/max_age=600$/)
    }
    expect((await sessionOf(site, laptop.tokens.session_id)).ended).toBeNull()
    // To end what is lost must not wait.
    expect((await byLaptop('POST', '/me/devices/end-others')).status).toBe(200)
  })

  test.each([[{}], [{ mode: 'later' }], [[]]])('disable in no mode: %j', async (body) => {
    expect((await byLaptop('POST', '/me/logins/disable', body)).body.error).toBe('invalid_request')
  })
})

describe('logins that are disabled when tokens run out', () => {
  test('what is out there works to the second that was said, and nothing is renewed', async () => {
    const web = await browserOf(site)
    site.clock.advance(5 * MINUTE)
    const answer = await byLaptop('POST', '/me/logins/disable', { mode: 'expiry' })
    const { works_until } = answer.body as { works_until: number }
    expect(works_until).toBe(toSeconds(web.session.refreshedAt + HOUR))
    expect(answer.body.disabled).toMatchObject({ mode: 'expiry', actor: 'user' })

    site.clock.advance(54 * MINUTE)
    expect((await laptop.device.get('/me', laptop.tokens.access_token)).status).toBe(200)
    expect((await web.browser.get('/')).body).toContain('Signed in as Ada')
    expect(eventsOf(site)).toEqual([])

    // No new login.
    const redeem = await aboutToSignIn(site)
    expect((await redeem()).body).toMatchObject({ reason: 'logins_disabled' })

    site.clock.advance(MINUTE + SECOND)
    expect((await laptop.device.get('/me', laptop.tokens.access_token)).body.error).toBe(
      'invalid_token',
    )
    const refreshed = await laptop.device.refresh(laptop.tokens.refresh_token)
    expect(refreshed.body).toMatchObject({ reason: 'logins_disabled', actor: 'user' })
    expect((await web.browser.get('/')).body).toContain('Signing in is switched off')
    const events = eventsOf(site)
    expect(toldOf(events, laptop.tokens.session_id)).toEqual(['logins_disabled by user'])
    expect(toldOf(events, web.session.id)).toEqual(['logins_disabled by user'])
  })

  test('may be switched on again by what still works; then all goes on', async () => {
    await byLaptop('POST', '/me/logins/disable', { mode: 'expiry' })
    const enabled = await byLaptop('POST', '/me/logins/enable')
    expect([enabled.status, enabled.body.disabled]).toEqual([200, null])
    site.clock.advance(2 * HOUR)
    expect((await phone.device.refresh(phone.tokens.refresh_token)).status).toBe(200)
  })

  test('may become “now”, and never the reverse', async () => {
    await byLaptop('POST', '/me/logins/disable', { mode: 'expiry' })
    await disableLogins(site.site, ADA.user.id, 'now', byAdmin(null))
    expect(await reasonOf(site, phone.tokens.session_id)).toBe('logins_disabled')
    await disableLogins(site.site, ADA.user.id, 'expiry', byAda)
    expect((await site.store.user(ADA.user.id))?.loginsDisabled).toMatchObject({
      mode: 'now',
      actor: 'admin',
    })
  })
})

describe('switching on again', () => {
  test.each([
    ['now', 'user', false],
    ['expiry', 'user', true],
    ['now', 'admin', false],
    ['expiry', 'admin', false],
  ] as const)(
    'what was switched off (%s) by %s: by the person %s, by an admin always',
    async (mode, actor, may) => {
      await disableLogins(site.site, ADA.user.id, mode, actor === 'admin' ? byAdmin(null) : byAda)
      const byUser = enableLogins(site.site, ADA.user.id, byAda)
      if (may) await byUser
      else await expect(byUser).rejects.toMatchObject({ code: 'access_denied' })
      await enableLogins(site.site, ADA.user.id, byAdmin(null))
      expect((await site.store.user(ADA.user.id))?.loginsDisabled).toBeNull()
      expect((await (await aboutToSignIn(site))()).status).toBe(200)
    },
  )
})

describe('a sign-in that is under way when everything ends makes no session', () => {
  const ALL = [
    ['/me/devices/end-all', undefined, 'all_devices_signed_out'],
    ['/me/devices/end-others', undefined, 'signed_out_elsewhere'],
    ['/me/password-reset', undefined, 'password_reset'],
  ] as const

  test.each(ALL)('%s: a code that was not redeemed yet', async (path, body, reason) => {
    const redeem = await aboutToSignIn(site)
    await byLaptop('POST', path, body)
    const refused = await redeem()
    expect([refused.status, refused.body.error, refused.body.reason]).toEqual([
      400,
      'invalid_grant',
      reason,
    ])
    // A new one does.
    expect((await (await aboutToSignIn(site))()).status).toBe(200)
  })

  test('a browser that comes back from the provider', async () => {
    const steps = new SignInSteps(new TestBrowser(site), {})
    const probe = await steps.purged(await steps.return(await steps.start()))
    await byLaptop('POST', '/me/devices/end-all')
    const answer = await steps.probed(probe)
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('All devices signed out')
    expect(steps.browser.jar.has('__Host-latchkey-session')).toBe(false)
  })
})

describe('the list', () => {
  test('says what each is, until when, and which one asks; ended ones are not in it', async () => {
    const web = await browserOf(site)
    const gone = await signedIn(site)
    await gone.device.post('/revoke', {
      token: gone.tokens.refresh_token,
      client_id: 'latchkey-desktop',
    })
    site.clock.advance(HOUR)
    const refreshed = await phone.device.refresh(phone.tokens.refresh_token)
    const answer = await phone.device.get('/me/devices', String(refreshed.body.access_token))
    const { devices } = v.parse(MyDevices, answer.body)
    expect(devices.map(({ id }) => id).sort()).toEqual(
      [laptop.tokens.session_id, phone.tokens.session_id, web.session.id].sort(),
    )
    const [first] = devices
    const { refreshedAt, createdAt } = await sessionOf(site, phone.tokens.session_id)
    expect(first).toMatchObject({
      id: phone.tokens.session_id,
      this_one: true,
      name: 'Latchkey for desktop',
      platform: 'unknown',
      signed_in_at: toSeconds(createdAt),
      last_used_at: toSeconds(refreshedAt),
      runs_out_at: toSeconds(refreshedAt + 14 * DAY),
      purge: { outcome: 'proven' },
      replaced: false,
    })
    expect(devices.find(({ id }) => id === web.session.id)).toMatchObject({
      name: 'Latchkey website',
      platform: 'browser',
      device_id: null,
      this_one: false,
    })
  })
})
