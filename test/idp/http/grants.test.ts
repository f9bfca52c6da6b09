import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestDevice } from '../../support/device.ts'
import { makeCode, type RunningSite, startSite } from '../../support/site.ts'
import { FORM_PATHS } from './endpoints.ts'

let site: RunningSite
let device: TestDevice

beforeAll(async () => {
  site = await startSite()
  device = await TestDevice.make(site)
})
afterAll(() => site.close())

describe.each([
  'password',
  'client_credentials',
  'implicit',
  'token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
])('no other grant is offered: %s', (grant_type) => {
  test.each(['/token', '/refresh'])('at %s', async (path) => {
    const answer = await device.post(path, {
      grant_type,
      client_id: 'latchkey-desktop',
      username: 'ada@example.test',
      password: 'Latchkey-1',
    })
    expect([answer.status, answer.body.error]).toEqual([400, 'unsupported_grant_type'])
  })
})

test.each([
  ['42 characters', 'v'.repeat(42)],
  ['129 characters', 'v'.repeat(129)],
  ['a reserved character', `${'v'.repeat(42)}+`],
  ['a letter beyond ASCII', `${'v'.repeat(42)}é`],
])('a code_verifier that is none: %s (RFC 7636 §4.1)', async (_, code_verifier) => {
  const { code, redirectUri } = await makeCode(site)
  const answer = await device.post('/token', {
    grant_type: 'authorization_code',
    client_id: 'latchkey-desktop',
    redirect_uri: redirectUri,
    code_verifier,
    code,
  })
  expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request'])
})

test('our clients are public: whoever brings a client secret is told that none is taken', async () => {
  const authorization = `Basic ${Buffer.from('latchkey-desktop:secret').toString('base64')}`
  const tokens = await device.signIn(site)
  const forms = {
    '/token': { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
    '/refresh': { refresh_token: tokens.refresh_token },
    '/revoke': { token: tokens.refresh_token },
  } as const satisfies Record<(typeof FORM_PATHS)[number], Record<string, string>>
  for (const path of FORM_PATHS) {
    const form = { ...forms[path], client_id: 'latchkey-desktop' }
    const answer = await device.post(path, form, { authorization })
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
  }
  expect((await device.refresh(tokens.refresh_token)).status).toBe(200)
})
