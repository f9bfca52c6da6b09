import { expect, test } from 'vitest'
import { Others } from '../../client/others.ts'
import { toErrorBody } from '../../protocol/error-body.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { MyAccounts } from '../../protocol/my-accounts.ts'
import { ISSUER } from './fake-site.ts'
import { house, signedIn } from './house.ts'

const ACCOUNTS: MyAccounts = {
  accounts: [
    { id: 'acme', name: 'Acme', role: 'owner', current: true },
    { id: 'home', name: 'Home', role: 'owner', current: false },
  ],
}
const LOGINS = { disabled: null, works_until: 1_795_000_000 }
const STALE = new LatchkeyError('insufficient_user_authentication', 'Sign in again.')

type Answer = (request: Request) => Response | Promise<Response>

/** Somebody is signed in; what the site answers to what people ask it for themselves is given. */
async function person(answers: Record<string, Answer>) {
  const { site, clock, secrets } = await signedIn()
  const asked: string[] = []
  const one = house({
    site,
    clock,
    secrets,
    ports: {
      http: async (request) => {
        const { pathname } = new URL(request.url)
        const answer = answers[`${request.method} ${pathname}`]
        if (!answer) return site.http(request)
        asked.push(`${request.method} ${pathname} ${await request.clone().text()}`.trim())
        return answer(request)
      },
    },
  })
  await one.engine.start()
  return { ...one, asked, others: new Others(one.engine, `${ISSUER}/`) }
}

const READ: Record<string, Answer> = {
  'GET /me/devices': () => Response.json({ devices: [] }),
  'GET /me/accounts': () => Response.json(ACCOUNTS),
  'GET /me/logins': () => Response.json(LOGINS),
}

test('reads devices, accounts and logins; what can’t be read just now stays as it was', async () => {
  const answers = { ...READ }
  const { others } = await person(answers)
  expect(others.known).toEqual({})
  await others.load()
  const all = { devices: [], ...ACCOUNTS, logins: LOGINS }
  expect(others.known).toEqual(all)
  answers['GET /me/logins'] = () => new Response('busy', { status: 503 })
  answers['GET /me/accounts'] = () => Response.json({ accounts: 'none' })
  answers['GET /me/devices'] = () => Promise.reject(new TypeError('fetch failed'))
  await others.load()
  expect(others.known).toEqual(all)
})

test('nothing is known of somebody who is signed out', async () => {
  const { others, engine } = await person(READ)
  await others.load()
  await engine.signOut()
  expect(others.known).toEqual({})
})

test('what the process before this one read is known, if it is the same person’s', async () => {
  const { engine } = await person(READ)
  const after = (of: string | undefined) =>
    new Others(engine, ISSUER, { of, known: ACCOUNTS }).known
  expect(after('ada')).toEqual(ACCOUNTS)
  expect(after('bob')).toEqual({})
  expect(after(undefined)).toEqual({})
})

test('each wish goes to its address, and comes to nothing that needs saying', async () => {
  const ended = () => Response.json({ ended: ['ses_2'] })
  const { others, asked, engine } = await person({
    'DELETE /me/devices/ses%2F2': ended,
    'POST /me/devices/end-others': ended,
    'POST /me/logins/disable': () => Response.json(LOGINS),
  })
  expect(await others.endDevice('ses/2')).toBeUndefined()
  expect(await others.endOthers()).toBeUndefined()
  expect(await others.disableLogins('expiry')).toBeUndefined()
  expect(await others.switchAccount('home')).toBeUndefined()
  expect(asked).toEqual([
    'DELETE /me/devices/ses%2F2',
    'POST /me/devices/end-others',
    'POST /me/logins/disable {"mode":"expiry"}',
  ])
  expect(engine.state).toMatchObject({ me: { account: { id: 'home' } } })
})

test('a wish that is not granted: why, in a sentence, and whether a fresh sign-in mends it', async () => {
  let answer: Answer = () => Response.json(toErrorBody(STALE), { status: STALE.status })
  const { others, site } = await person({ 'POST /me/logins/disable': (request) => answer(request) })
  const disable = () => others.disableLogins('now')
  expect(await disable()).toMatchObject({ signInFirst: true })
  answer = () =>
    Response.json(toErrorBody(new LatchkeyError('access_denied', 'Ask the owner.')), {
      status: 403,
    })
  expect(await disable()).toEqual({ sentence: 'Ask the owner.' })
  answer = () => Promise.reject(new TypeError('fetch failed'))
  expect(await disable()).toMatchObject({ sentence: expect.stringContaining('can’t be reached') })
  // A portal answers with a page, whatever it is asked.
  answer = () => new Response('<h1>Welcome</h1>')
  expect(await disable()).toMatchObject({ sentence: expect.stringContaining('did not say why') })
  expect(await others.switchAccount('strangers')).toMatchObject({
    sentence: expect.stringContaining('no open account'),
  })
  site.fault = (path) => (path === '/me/account' ? 'answer_lost' : 'none')
  expect(await others.switchAccount('home')).toMatchObject({
    sentence: expect.stringContaining('can’t be reached'),
  })
})

test('the session has ended meanwhile: the state says so, and there is no problem besides', async () => {
  const { others, site, engine, clock } = await person({})
  site.end('password_reset')
  clock.advance(61 * 60_000)
  expect(await others.endOthers()).toBeUndefined()
  expect(await others.switchAccount('home')).toBeUndefined()
  expect(engine.state).toMatchObject({ at: 'signed_out', ended: { reason: 'password_reset' } })
})
