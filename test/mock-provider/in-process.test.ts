import { afterEach, expect, test } from 'vitest'
import { DEFAULT_APPLICATION } from '../../mock-provider/defaults.ts'
import { startInProcess } from '../../mock-provider/in-process.ts'
import type { RunningProvider } from '../../mock-provider/server.ts'
import { Browser } from './browser.ts'
import { ByHand, claimsOf, codeOf } from './by-hand.ts'

const running: RunningProvider[] = []

const start = async (config?: Parameters<typeof startInProcess>[0]) => {
  const provider = await startInProcess(config)
  running.push(provider)
  return provider
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.close()))
})

test('three lines: one application, everything else as it comes', async () => {
  const application = { clientId: 'shop', name: 'Shop', redirectUris: ['http://localhost'] }
  const provider = await start({ applications: [application] })
  const tokens = await new ByHand(provider.policies[0]).tokens(new Browser(provider.url), {
    application,
  })
  expect(claimsOf(tokens.id_token)).toMatchObject({
    aud: 'shop',
    iss: provider.issuer,
    name: 'Alice Arden',
  })
})

test('three side by side, each on a port of its own, and none takes another’s codes or tokens', async () => {
  const all = await Promise.all([start(), start(), start()])
  expect(new Set(all.map(({ url }) => url)).size).toBe(3)
  const signedIn = await Promise.all(
    all.map(async ({ url, policies }) => {
      const policy = new ByHand(policies[0])
      const browser = new Browser(url)
      const { refresh_token } = await policy.tokens(browser)
      return { policy, refresh_token, code: codeOf(await policy.signIn(browser)) }
    }),
  )
  for (const [nth, { policy, refresh_token, code }] of signedIn.entries()) {
    const neighbour = signedIn[(nth + 1) % signedIn.length]?.policy
    const verifier = { code_verifier: policy.verifier }
    expect((await neighbour?.refresh(refresh_token))?.status).toBe(400)
    expect((await neighbour?.redeem(code, {}, verifier))?.status).toBe(400)
    expect((await policy.refresh(refresh_token)).status).toBe(200)
    expect((await policy.redeem(code)).status).toBe(200)
  }
})

test('closed, its port is free', async () => {
  const provider = await startInProcess()
  await provider.close()
  await expect(fetch(provider.url)).rejects.toThrow()
})

test('a wrong configuration is named', async () => {
  await expect(startInProcess({ applications: [] })).rejects.toThrow(
    'names at least one application',
  )
})

test('steered without HTTP: who signs in next, what goes wrong, and what happened', async () => {
  const provider = await start()
  const alice = provider.people.byLocalEmail('alice@example.test')
  if (!alice) throw new Error('She is one of the default people.')
  provider.logins.set({ kind: 'person', person: alice }, 'next')
  provider.faults.set('wrong-state', 'next')
  const policy = new ByHand(provider.policies[0])
  const application = DEFAULT_APPLICATION
  const more = { response_mode: 'form_post' }
  const page = await policy.ask(new Browser(provider.url), { application, more })
  expect(page.html).toMatch(/name="state" value="another"/)
  expect(provider.trail.read({ after: 0, event: 'signed-in' })).toMatchObject([
    { person: alice.oid, policy: 'B2C_1_signupsignin' },
  ])
})
