import { afterEach, beforeEach, expect, test } from 'vitest'
import { createProof } from '../../../protocol/dpop/proof.ts'
import { TestDevice } from '../../support/device.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { FORM, send } from '../../support/request.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

let site: RunningSite
let device: TestDevice

beforeEach(async () => {
  site = await startSite()
  device = await TestDevice.make(site)
})
afterEach(() => site.close())

/** A request with a proof that the test makes up itself, or none. */
async function ask(path: string, form: Record<string, string>, nonce?: string, proven = true) {
  const url = site.url + path
  const dpop = proven
    ? { dpop: await createProof(device.key, { method: 'POST', url, now: site.clock.now(), nonce }) }
    : {}
  return send(site.url, {
    method: 'POST',
    path,
    headers: { 'content-type': FORM, ...dpop },
    body: String(new URLSearchParams(form)),
  })
}

const refreshing = (refresh_token: string) => ({
  grant_type: 'refresh_token',
  client_id: 'latchkey-desktop',
  refresh_token,
})

test.each(['/token', '/refresh'])(
  'without a nonce: asked for one at %s, and taken with it (RFC 9449 §8)',
  async (path) => {
    const form = refreshing((await device.signIn(site)).refresh_token)
    const asked = await ask(path, form)
    expectRefusal(asked, { status: 400, error: 'use_dpop_nonce' })
    // One nonce, and not two joined by a comma: RFC 9449 §8.1 has no comma in it.
    expect(asked.headers['dpop-nonce']).toMatch(/^[\w-]{20,}$/)
    const taken = await ask(path, form, asked.headers['dpop-nonce'])
    expect(taken.status).toBe(200)
    // The next one comes with the answer, so that nobody is asked twice (§8.2).
    expect(taken.headers['dpop-nonce']).toMatch(/^[\w-]{20,}$/)
  },
)

test('without a nonce: asked for one at a resource, with 401 (RFC 9449 §9)', async () => {
  const { access_token } = await device.signIn(site)
  const url = `${site.url}/me`
  const get = async (nonce?: string) => {
    const now = site.clock.now()
    const options = { method: 'GET', url, now, nonce, accessToken: access_token }
    const dpop = await createProof(device.key, options)
    return send(site.url, {
      path: '/me',
      headers: { authorization: `DPoP ${access_token}`, dpop },
    })
  }
  const asked = await get()
  expectRefusal(asked, { status: 401, error: 'use_dpop_nonce' })
  expect(asked.headers['www-authenticate']).toContain('error="use_dpop_nonce"')
  expect((await get(asked.headers['dpop-nonce'])).status).toBe(200)
})

test('a nonce that was given is not forgotten: who leaves it out later is asked again (RFC 9449 §11.3)', async () => {
  const tokens = await device.signIn(site)
  const first = await ask('/refresh', refreshing(tokens.refresh_token))
  const second = await ask(
    '/refresh',
    refreshing(tokens.refresh_token),
    first.headers['dpop-nonce'],
  )
  const next = String(JSON.parse(second.body).refresh_token)
  expectRefusal(await ask('/refresh', refreshing(next)), { error: 'use_dpop_nonce' })
})

test.each(['/token', '/refresh'])(
  'without a proof: refused at %s, and nothing is used up (RFC 9449 §5)',
  async (path) => {
    const { refresh_token } = await device.signIn(site)
    const answer = await ask(path, refreshing(refresh_token), undefined, false)
    expectRefusal(answer, { status: 400, error: 'invalid_dpop_proof' })
    expect((await device.refresh(refresh_token)).status).toBe(200)
  },
)
