import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { AuditPage } from '../../../protocol/audit.ts'
import { ADA, type RunningSite, startSite } from '../../support/site.ts'
import { reasonOf, signedIn } from '../people/person.ts'

const ADMIN_KEY = 'test-admin-key-of-forty-characters-00000'

let site: RunningSite
beforeEach(async () => {
  site = await startSite({ ADMIN_KEY })
})
afterEach(() => site.close())

async function ask(method: string, path: string, body?: unknown, key: string | null = ADMIN_KEY) {
  const answer = await fetch(site.url + path, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

const audit = async (query = '') =>
  v.parse(AuditPage, (await ask('GET', `/admin/audit${query}`)).body).entries

const ADDRESSES = [
  ['GET', '/admin/audit'],
  ['POST', `/admin/users/${ADA.user.id}/logins/disable`],
  ['POST', `/admin/users/${ADA.user.id}/logins/enable`],
  ['POST', `/admin/users/${ADA.user.id}/password-reset`],
  ['POST', '/admin/keys/rotate'],
] as const

describe.each(ADDRESSES)('%s %s', (method, path) => {
  test.each([
    ['no key', null],
    ['a wrong key', ADMIN_KEY.replace('0', '1')],
    ['the beginning of the key', ADMIN_KEY.slice(0, -1)],
  ])('with %s: refused, and nothing is done', async (_, key) => {
    const { tokens } = await signedIn(site)
    const answer = await ask(method, path, method === 'GET' ? undefined : { mode: 'now' }, key)
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(await reasonOf(site, tokens.session_id)).toBeUndefined()
    expect((await site.store.user(ADA.user.id))?.loginsDisabled).toBeNull()
  })

  test('a site without an admin key has no such address', async () => {
    const without = await startSite()
    const answer = await fetch(without.url + path, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    })
    expect(answer.status).toBe(404)
    await without.close()
  })
})

test('logins off now, by an administrator: all ends; on again: a new sign-in works', async () => {
  const before = await signedIn(site)
  const path = `/admin/users/${ADA.user.id}/logins`
  const off = await ask('POST', `${path}/disable`, { mode: 'now' })
  expect([off.status, off.body.disabled]).toMatchObject([200, { mode: 'now', actor: 'admin' }])
  expect(await reasonOf(site, before.tokens.session_id)).toBe('logins_disabled')
  const on = await ask('POST', `${path}/enable`)
  expect([on.status, on.body.disabled]).toEqual([200, null])
  const after = await signedIn(site)
  expect((await after.device.refresh(after.tokens.refresh_token)).status).toBe(200)
})

test('a reset by an administrator ends everything, and says what', async () => {
  const { tokens } = await signedIn(site)
  const answer = await ask('POST', `/admin/users/${ADA.user.id}/password-reset`)
  expect([answer.status, answer.body]).toEqual([200, { ended: [tokens.session_id] }])
  expect(await reasonOf(site, tokens.session_id)).toBe('password_reset')
})

test('one session is ended by an administrator, and no other; twice is no error', async () => {
  const [one, other] = [await signedIn(site), await signedIn(site)]
  const path = `/admin/sessions/${one.tokens.session_id}`
  const ended = await ask('DELETE', path)
  expect([ended.status, ended.body]).toEqual([200, { ended: [one.tokens.session_id] }])
  expect((await ask('DELETE', path)).body).toEqual({ ended: [] })
  expect(await reasonOf(site, one.tokens.session_id)).toBe('signed_out_elsewhere')
  expect(await reasonOf(site, other.tokens.session_id)).toBeUndefined()
  expect((await audit('?limit=1'))[0]).toMatchObject({ act: 'session_ended', actor: 'admin' })
})

test('all signing keys withdrawn: another one alone is published, the log tells, and nobody is signed out', async () => {
  const { device, tokens } = await signedIn(site)
  const kids = async () => {
    const { keys } = await (await fetch(`${site.url}/jwks`)).json()
    return keys.map(({ kid }: { kid: string }) => kid)
  }
  const before = await kids()
  const { status, body } = await ask('POST', '/admin/keys/rotate')
  expect([status, await kids()]).toEqual([200, [body.kid]])
  expect(before).not.toContain(body.kid)
  expect(await audit('?limit=1')).toMatchObject([
    { act: 'signing_key_rotated', actor: 'admin', details: { kid: body.kid } },
  ])
  expect((await device.refresh(tokens.refresh_token)).status).toBe(200)
})

test('the log tells who did what to whom, why and from where', async () => {
  const { tokens } = await signedIn(site)
  site.clock.advance(DAY)
  await ask('POST', `/admin/users/${ADA.user.id}/logins/disable`, { mode: 'now' })
  const known = { user_id: ADA.user.id, address: '127.0.0.1' }
  expect(await audit()).toMatchObject([
    {
      ...known,
      act: 'session_ended',
      actor: 'admin',
      by_user_id: null,
      reason: 'logins_disabled',
      session_id: tokens.session_id,
    },
    { ...known, act: 'logins_disabled', actor: 'admin', details: { mode: 'now' } },
    { ...known, act: 'signed_in', actor: 'user', by_user_id: ADA.user.id },
  ])
  expect(await audit('?limit=1&before=3')).toMatchObject([{ act: 'logins_disabled', sequence: 2 }])
  expect(await audit(`?user=${ADA.user.id}&account=${ADA.account.id}`)).toHaveLength(2)
  expect(await audit('?user=usr_nobody')).toEqual([])
})

describe('wrong input is named in a sentence', () => {
  test.each([
    ['GET', '/admin/audit?limit=0', undefined, 400],
    ['GET', '/admin/audit?limit=101', undefined, 400],
    ['GET', '/admin/audit?before=x', undefined, 400],
    ['GET', '/admin/audit?user=a&user=b', undefined, 400],
    ['POST', `/admin/users/${ADA.user.id}/logins/disable`, { mode: 'later' }, 400],
    ['POST', `/admin/users/${ADA.user.id}/logins/disable`, undefined, 415],
    ['POST', '/admin/users/usr_nobody/password-reset', undefined, 404],
    ['DELETE', '/admin/sessions/ses_nobody', undefined, 404],
    ['DELETE', '/admin/audit', undefined, 405],
  ])('%s %s %o: %i', async (method, path, body, status) => {
    const answer = await ask(method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.body.error_description).toMatch(/\w{3}.*[.:]/)
  })
})
