import { afterAll, beforeAll, expect, test } from 'vitest'
import { application, openWorld, password } from './world.ts'

type World = Awaited<ReturnType<typeof openWorld>>
let world: World
let authority: string

beforeAll(async () => {
  world = await openWorld()
  authority = world.policies[0]?.authority ?? ''
})
afterAll(() => world.close())

const silently = (more: Record<string, string>) =>
  world.begin(world.browser(), { prompt: 'none', ...more })

const token = (fields: Record<string, string>) =>
  fetch(`${authority}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'made-up',
      redirect_uri: application.redirectUris[0] ?? '',
      client_id: application.clientId,
      client_secret: application.clientSecret,
      ...fields,
    }),
  })

async function wrongPassword() {
  const browser = world.browser()
  const { page } = await world.begin(browser)
  return browser.submit(page, { email: 'alice@example.test', password: `not ${password}` })
}

/** Refusals by each way that one goes: its code, and why. */
test.each<[way: string, refuse: () => Promise<unknown>, code: string, why: RegExp]>([
  ['in the query', () => silently({}), 'AADB2C90077', /no session in this browser/],
  [
    'in the fragment',
    () => silently({ response_mode: 'fragment' }),
    'AADB2C90077',
    /no session in this browser/,
  ],
  [
    'by form_post',
    () => silently({ response_mode: 'form_post' }),
    'AADB2C90077',
    /no session in this browser/,
  ],
  [
    'on a page',
    () => world.begin(world.browser(), { client_id: 'nobody' }),
    'AADB2C90018',
    /client is invalid: client not found/,
  ],
  [
    'as JSON',
    () => token({ client_secret: 'wrong-secret-wrong' }),
    'AADB2C90081',
    /client authentication failed: invalid secret provided/,
  ],
  ['as JSON, for a code', () => token({}), 'AADB2C90085', /grant request is invalid: .+/],
  [
    'at the logout',
    () => fetch(`${authority}/oauth2/v2.0/logout?id_token_hint=forged`),
    'AADB2C90210',
    /id_token_hint parameter could not be validated/,
  ],
  [
    'at a policy that is not there',
    () => fetch(`${authority}x/v2.0/.well-known/openid-configuration`),
    'AADB2C90022',
    /Unable to return metadata for the policy/,
  ],
])(
  'a refusal %s is in the trail, with why and its correlation id',
  async (_, refuse, code, why) => {
    const after = world.trail.last
    await refuse()
    const [refusal, ...others] = world.trail.read({ after, event: 'refused' })
    expect(others).toEqual([])
    expect(refusal).toMatchObject({
      code,
      why: expect.stringMatching(why),
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  },
)

test('what a page says to the person is in it too', async () => {
  const after = world.trail.last
  await wrongPassword()
  expect(world.trail.read({ after, event: 'refused' })).toMatchObject([
    { endpoint: 'signIn', status: 400, why: expect.stringMatching(/^Your password is incorrect/) },
  ])
})

test('at most two thousand things are remembered', () => {
  const { last } = world.trail
  for (let more = 0; more < 2_500; more++) world.trail.add({ event: 'control' })
  const all = world.trail.read({ after: 0 })
  expect(all).toHaveLength(2_000)
  expect(all.at(-1)?.number).toBe(last + 2_500)
})
