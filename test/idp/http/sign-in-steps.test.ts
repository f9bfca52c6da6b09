import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from '../../../clock/moment.ts'
import type { Account, User } from '../../../idp/store/records.ts'
import { hashOf } from '../../../idp/tokens/secret.ts'
import {
  callback,
  REDIRECT_URI,
  SignInSteps,
  startScriptedSite,
  TestBrowser,
  whereTo,
} from '../../support/browser.ts'
import { TestDevice } from '../../support/device.ts'
import type { ScriptedProvider } from '../../support/provider.ts'
import type { RawAnswer } from '../../support/raw.ts'
import { expectPage, expectProblemPage } from '../../support/refusal.ts'
import { ADA, PROVIDER, type RunningSite } from '../../support/site.ts'

let site: RunningSite
let provider: ScriptedProvider
let browser: TestBrowser
let signIn: SignInSteps

beforeEach(async () => {
  ;({ site, provider } = await startScriptedSite())
  browser = new TestBrowser(site)
  signIn = new SignInSteps(browser)
})
afterEach(() => site.close())

/** That the client got this, with its state and our name. */
function backAtClient(answer: RawAnswer): URLSearchParams {
  expect(answer.status, answer.body).toBe(303)
  const to = whereTo(answer)
  expect(to.origin + to.pathname).toBe(REDIRECT_URI)
  expect(to.searchParams.get('state')).toBe(signIn.state)
  expect(to.searchParams.get('iss')).toBe(site.url)
  return to.searchParams
}

const purgeOf = async (code: string | null) => {
  return (await site.store.code(hashOf(code ?? '')))?.purge
}

test('a sign-in as it should be: provider, logout, probe, code; the probe’s code is never redeemed', async () => {
  const back = backAtClient(await signIn.all())
  expect(back.get('code')).toMatch(/^lkc_[\w-]{43}$/)
  expect(back.has('error')).toBe(false)
  expect(provider.asked).toEqual(['sign-in', 'identity', 'logout', 'probe'])
  expect(await purgeOf(back.get('code'))).toMatchObject({ outcome: 'proven' })
})

describe('a callback that is not this sign-in’s', () => {
  test.each([
    ['no state', {}],
    ['an empty state', { state: '' }],
    ['a forged state', { state: 'forged' }],
    ['a prototype', { state: '__proto__' }],
    ['a state of 3 KiB', { state: 'a'.repeat(3_000) }],
    ['only an error', { error: 'server_error' }],
  ])('%s', async (_, query) => {
    await signIn.start()
    for (const path of [callback(query), `/signin/purged?${new URLSearchParams(query)}`]) {
      expectProblemPage(await browser.get(path), { status: 400 })
    }
    expect(provider.asked).toEqual(['sign-in'])
  })

  test('state twice', async () => {
    const state = await signIn.start()
    expectProblemPage(await browser.get(`${callback({ state, code: 'a' })}&state=other`), {
      status: 400,
    })
  })

  test('in another browser, with a cookie of its own or none: nothing is redeemed, and the right browser can still go on', async () => {
    const state = await signIn.start()
    const other = new TestBrowser(site)
    const link = callback({ state, code: 'provider-code' })
    expect(expectProblemPage(await other.get(link), { status: 400 })).toContain('another browser')
    await new SignInSteps(other).start()
    expect(expectProblemPage(await other.get(link), { status: 400 })).toContain('another browser')
    expect(provider.asked).not.toContain('identity')
    expect(
      backAtClient(await signIn.probed(await signIn.purged(await signIn.return(state)))).has(
        'code',
      ),
    ).toBe(true)
  })

  test('two begun at once, before the browser has a cookie of ours: both can be finished', async () => {
    const second = new SignInSteps(browser)
    const states = await Promise.all([signIn.start(), second.start()])
    const back = []
    for (const state of states) {
      back.push(whereTo(await signIn.probed(await signIn.purged(await signIn.return(state)))))
    }
    expect(back.map(({ searchParams }) => searchParams.get('state'))).toEqual([
      signIn.state,
      second.state,
    ])
    expect(back.every(({ searchParams }) => searchParams.has('code'))).toBe(true)
  })

  test('every later step, in another browser', async () => {
    const other = new TestBrowser(site)
    await new SignInSteps(other).start()
    const logout = await signIn.return(await signIn.start())
    expectProblemPage(await other.get(`/signin/purged?state=${logout}`), { status: 400 })
    const probe = await signIn.purged(logout)
    expectProblemPage(await other.get(callback({ state: probe, error: 'login_required' })), {
      status: 400,
    })
    expect(backAtClient(await signIn.probed(probe)).has('code')).toBe(true)
  })

  test('replayed: each step can be taken once', async () => {
    const state = await signIn.start()
    const logout = await signIn.return(state)
    expectProblemPage(await browser.get(callback({ state, code: 'provider-code' })), {
      status: 400,
    })
    const probe = await signIn.purged(logout)
    expectProblemPage(await browser.get(`/signin/purged?state=${logout}`), { status: 400 })
    backAtClient(await signIn.probed(probe))
    expectProblemPage(await signIn.probed(probe), { status: 400 })
    expect(provider.codes).toEqual(['provider-code'])
  })

  test('twenty times at once: one goes on, the provider’s code is redeemed once', async () => {
    const state = await signIn.start()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser.get(callback({ state, code: 'provider-code' }))),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19)
    expect(provider.codes).toHaveLength(1)
  })

  test('steps in the wrong order', async () => {
    const state = await signIn.start()
    expectProblemPage(await browser.get(`/signin/purged?state=${state}`), { status: 400 })
    const logout = await signIn.return(state)
    expectProblemPage(await browser.get(callback({ state: logout, code: 'a' })), { status: 400 })
    expect(backAtClient(await signIn.probed(await signIn.purged(logout))).has('code')).toBe(true)
  })

  test('after 10 min, at any step; at 9 min 59 s it still goes on', async () => {
    const state = await signIn.start()
    site.clock.advance(10 * MINUTE - SECOND)
    const logout = await signIn.return(state)
    site.clock.advance(SECOND)
    const late = await browser.get(`/signin/purged?state=${logout}`)
    expect(expectProblemPage(late, { status: 400 })).toContain('too long')
    await site.due.run()
    expectProblemPage(await browser.get(`/signin/purged?state=${logout}`), { status: 400 })
  })
})

describe('a provider that says no', () => {
  test.each(['access_denied', 'server_error', 'AADB2C90091', 'x'.repeat(2_000), '<script>'])(
    'error=%s: back to the client, once',
    async (error) => {
      const state = await signIn.start()
      const back = backAtClient(
        await browser.get(callback({ state, error, error_description: '<b>' })),
      )
      expect(back.get('error')).toBe('access_denied')
      expect(back.get('error_description')).not.toContain('<')
      expectProblemPage(await browser.get(callback({ state, code: 'a' })), { status: 400 })
    },
  )

  test('an answer that fails the checks', async () => {
    provider.says = () => {
      throw Object.assign(new Error('unexpected "nonce" eyJhbGciOi'), {
        code: 'OAUTH_INVALID_RESPONSE',
      })
    }
    const state = await signIn.start()
    const back = backAtClient(await browser.get(callback({ state, code: 'provider-code' })))
    expect(back.get('error')).toBe('access_denied')
    expect(back.get('error_description')).toContain('did not pass our checks')
    expect(site.log()).not.toContain('eyJ')
  })

  test.each([
    ['missing', () => undefined],
    ['a minute before the request', (now: number) => now - MINUTE],
    // 5 s are forgiven, in whole seconds: at 6 it would turn on whether one begins on the way.
    ['7 s before the request', (now: number) => now - 7 * SECOND],
  ])(
    'auth_time %s: nobody proved themselves; the session there is ended all the same',
    async (_, authTime) => {
      provider.says = (identity) => ({ ...identity, authTime: authTime(site.clock.now()) })
      const back = backAtClient(await signIn.all())
      expect(back.get('error')).toBe('access_denied')
      expect(back.get('error_description')).toContain('without asking for the password')
      expect(back.has('code')).toBe(false)
      expect(provider.asked).toEqual(['sign-in', 'identity', 'logout', 'probe'])
    },
  )
})

describe('what the probe proves', () => {
  test.each([
    ['login_required', { error: 'login_required' }, 'proven', 'login_required'],
    ['interaction_required', { error: 'interaction_required' }, 'proven', 'interaction_required'],
    ['a code: somebody would be signed in without a question', { code: 'a' }, 'sticky', 'code'],
    ['another error', { error: 'temporarily_unavailable' }, 'unknown', 'temporarily_unavailable'],
    ['a long error', { error: 'x'.repeat(500) }, 'unknown', 'x'.repeat(60)],
    ['nothing', {}, 'unknown', 'nothing'],
    ['empty values', { error: '', code: '' }, 'unknown', 'nothing'],
    ['both', { error: 'login_required', code: 'a' }, 'proven', 'login_required'],
  ] as const)('%s', async (_, answer, outcome, word) => {
    const probe = await signIn.purged(await signIn.return(await signIn.start()))
    const back = backAtClient(await signIn.probed(probe, answer))
    expect(await purgeOf(back.get('code'))).toMatchObject({ outcome, answer: word })
    expect(provider.codes).toEqual(['provider-code'])
  })

  test('a provider without a logout is probed at once', async () => {
    provider.hasLogout = false
    const probe = await signIn.return(await signIn.start())
    const back = backAtClient(await signIn.probed(probe, { code: 'a' }))
    expect(await purgeOf(back.get('code'))).toMatchObject({ outcome: 'sticky' })
  })
})

describe('people who are turned away hear why, after the purge', () => {
  const at = 1_700_000_000_000
  test.each([
    ['deleted', { user: { deleted: { at, actor: 'admin' } } }, 'user_deleted', 'deleted'],
    [
      'disabled',
      { user: { loginsDisabled: { at, actor: 'admin', mode: 'now' } } },
      'logins_disabled',
      'disabled',
    ],
    [
      'disabled until tokens run out',
      { user: { loginsDisabled: { at, actor: 'user', mode: 'expiry' } } },
      'logins_disabled',
      'disabled',
    ],
    ['closed', { account: { closed: { at, actor: 'user' } } }, 'account_closed', 'closed'],
    ['removed', { removed: true }, 'membership_removed', 'membership'],
  ] satisfies readonly (readonly [
    string,
    { user?: Partial<User>; account?: Partial<Account>; removed?: boolean },
    string,
    string,
  ])[])('%s', async (_, change, reason, word) => {
    await changePeople(change)
    const back = backAtClient(await signIn.all())
    expect([back.get('error'), back.get('reason')]).toEqual(['access_denied', reason])
    expect(back.get('error_description')).toMatch(new RegExp(`${word}.*\\.$`))
    expect(back.has('code')).toBe(false)
    expect(back.get('ended_at')).toBe('removed' in change ? null : String(at / 1000))
    expect(provider.asked).toEqual(['sign-in', 'identity', 'logout', 'probe'])

    const web = await new SignInSteps(new TestBrowser(site), {}).all()
    expect(expectProblemPage(web, { status: 403 })).toBe(back.get('error_description'))
    expect(web.headers).not.toHaveProperty('set-cookie')
  })

  test('closed between the provider’s answer and the end', async () => {
    const probe = await signIn.purged(await signIn.return(await signIn.start()))
    await changePeople({ account: { closed: { at, actor: 'user' } } })
    expect(backAtClient(await signIn.probed(probe)).get('reason')).toBe('account_closed')
  })

  test('disabled between the code and its redemption', async () => {
    const back = backAtClient(await signIn.all())
    await changePeople({ user: { loginsDisabled: { at, actor: 'admin', mode: 'now' } } })
    const answer = await (await TestDevice.make(site)).post('/token', {
      grant_type: 'authorization_code',
      client_id: 'latchkey-desktop',
      redirect_uri: REDIRECT_URI,
      code_verifier: signIn.codeVerifier,
      code: back.get('code') ?? '',
    })
    expect([answer.status, answer.body.error, answer.body.reason]).toEqual([
      400,
      'invalid_grant',
      'logins_disabled',
    ])
  })

  async function changePeople(change: {
    user?: Partial<User>
    account?: Partial<Account>
    removed?: boolean
  }) {
    await site.store.commit([
      { table: 'user', put: { ...ADA.user, ...change.user } },
      { table: 'account', put: { ...ADA.account, ...change.account } },
      ...(change.removed ? [{ table: 'membership', remove: ADA.membership.id } as const] : []),
    ])
  }
})

test('somebody with the same e-mail at another issuer, or another subject, is somebody else', async () => {
  for (const other of [{ issuer: 'http://localhost:10/' }, { subject: 'ADA' }]) {
    provider.says = (identity) => ({ ...identity, ...other })
    backAtClient(await signIn.all())
    const user = await site.store.userByIdentity(
      other.issuer ?? PROVIDER.issuer,
      other.subject ?? 'ada',
    )
    expect(user?.id).not.toBe(ADA.user.id)
    expect(user?.email).toBe('ada@example.test')
  }
})

describe('the chooser', () => {
  const acme: Account = { ...ADA.account, id: 'acc_acme', name: 'Acme' }
  const closed: Account = { ...ADA.account, id: 'acc_shut', closed: { at: 1, actor: 'user' } }
  const stranger: Account = { ...ADA.account, id: 'acc_stranger', name: 'Stranger' }

  beforeEach(async () => {
    await site.store.commit([
      ...[acme, closed, stranger].map((put) => ({ table: 'account', put }) as const),
      ...[acme, closed].map(
        ({ id }) =>
          ({
            table: 'membership',
            put: { ...ADA.membership, id: `usr_ada:${id}`, accountId: id, role: 'member' },
          }) as const,
      ),
    ])
  })

  const toChooser = async () => whereTo(await signIn.all())

  test('offers what is open, and takes one of them, once', async () => {
    const chooser = await toChooser()
    expect(chooser.pathname).toBe('/signin/choose')
    const page = await browser.get(chooser.href)
    expectPage(page)
    expect(page.headers['content-security-policy']).toContain(
      "form-action 'self' http://127.0.0.1:5000;",
    )
    expect([...page.body.matchAll(/value="(acc_\w+)"/g)].map(([, id]) => id)).toEqual([
      'acc_acme',
      'acc_ada',
    ])
    const form = { signin: chooser.searchParams.get('signin') ?? '', account: 'acc_acme' }
    expect(backAtClient(await browser.post('/signin/choose', form)).has('code')).toBe(true)
    expectProblemPage(await browser.post('/signin/choose', form), { status: 400 })
    expectProblemPage(await browser.get(chooser.href), { status: 400 })
  })

  test('ten choices at once: one code', async () => {
    const signin = (await toChooser()).searchParams.get('signin') ?? ''
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        browser.post('/signin/choose', { signin, account: i % 2 ? 'acc_acme' : 'acc_ada' }),
      ),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9)
  })

  test.each([
    ['a closed one', { account: 'acc_shut' }],
    ['somebody else’s', { account: 'acc_stranger' }],
    ['one that is not there', { account: '__proto__' }],
    ['none', {}],
    ['an empty one', { account: '' }],
  ])('an account that is not offered: %s', async (_, choice) => {
    const signin = (await toChooser()).searchParams.get('signin') ?? ''
    expectProblemPage(await browser.post('/signin/choose', { signin, ...choice }), { status: 400 })
    const right = await browser.post('/signin/choose', { signin, account: 'acc_ada' })
    expect(backAtClient(right).has('code')).toBe(true)
  })

  test('somebody else’s sign-in, no sign-in, one that waits for something else', async () => {
    const signin = (await toChooser()).searchParams.get('signin') ?? ''
    const thief = new TestBrowser(site)
    await new SignInSteps(thief).start()
    for (const query of [
      `signin=${signin}`,
      '',
      'signin=',
      'signin=__proto__',
      'signin=a&signin=b',
    ]) {
      expectProblemPage(await thief.get(`/signin/choose?${query}`), { status: 400 })
    }
    expectProblemPage(await thief.post('/signin/choose', { signin, account: 'acc_ada' }), {
      status: 400,
    })
    await signIn.start()
    expectProblemPage(await browser.get('/signin/choose?signin=sgn_other'), { status: 400 })
  })

  test('from another site: refused by Origin, or by Sec-Fetch-Site where Origin says nothing', async () => {
    const signin = (await toChooser()).searchParams.get('signin') ?? ''
    const refused: Record<string, string>[] = [
      { origin: 'https://evil.test' },
      { origin: 'https://evil.test', 'sec-fetch-site': 'same-origin' },
      { origin: site.url.replace('127.0.0.1', 'localhost') },
      { origin: `${site.url}.evil.test` },
      { origin: site.url.toUpperCase() },
      { origin: 'null' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
      { referer: `${site.url}/` },
      {},
    ]
    for (const path of ['/signin/choose', '/signout']) {
      for (const headers of refused) {
        expectProblemPage(await browser.post(path, { signin, account: 'acc_ada' }, headers), {
          status: 403,
        })
      }
    }
    const form = { signin, account: 'acc_ada' }
    const ours = await browser.post('/signin/choose', form, {
      origin: 'null',
      'sec-fetch-site': 'same-origin',
    })
    expect(backAtClient(ours).has('code')).toBe(true)
  })

  test('too late, and after the account was closed meanwhile', async () => {
    const signin = (await toChooser()).searchParams.get('signin') ?? ''
    await site.store.commit([
      { table: 'account', put: { ...acme, closed: { at: 1, actor: 'user' } } },
    ])
    expectProblemPage(await browser.post('/signin/choose', { signin, account: 'acc_acme' }), {
      status: 400,
    })
    site.clock.advance(10 * MINUTE)
    expectProblemPage(await browser.post('/signin/choose', { signin, account: 'acc_ada' }), {
      status: 400,
    })
  })
})

describe('prompt=none: nobody is signed in, and the provider’s answer is told', () => {
  const silently = async (answer: Record<string, string>) => {
    const request = new SignInSteps(browser, {
      ...Object.fromEntries(signIn.request),
      prompt: 'none',
    })
    return backAtClient(await request.probed(await request.start(), answer))
  }

  test.each([
    ['it would ask', { error: 'login_required' }, 'proven', 'login_required'],
    ['B2C would ask', { error: 'interaction_required' }, 'proven', 'interaction_required'],
    ['it would sign somebody in', { code: 'provider-code' }, 'sticky', 'code'],
    ['it says something else', { error: 'server_error' }, 'unknown', 'server_error'],
    ['it says nothing', {}, 'unknown', 'nothing'],
  ])('%s', async (_, answer, outcome, word) => {
    const back = await silently(answer)
    expect(Object.fromEntries(back)).toMatchObject({
      error: 'login_required',
      purge: outcome,
      purge_answer: word,
    })
    expect(back.has('code')).toBe(false)
    expect(provider.asked).toEqual(['probe'])
    expect(provider.codes).toEqual([])
  })

  test('each answer is taken once; a flow without a window may have lost its cookies', async () => {
    const request = new SignInSteps(browser, {
      ...Object.fromEntries(signIn.request),
      prompt: 'none',
    })
    const answer = callback({ state: await request.start(), error: 'login_required' })
    backAtClient(await new TestBrowser(site).get(answer))
    expectProblemPage(await browser.get(answer), { status: 400 })
  })
})
