import { expect, test } from 'vitest'
import { house, ORDERS, signedIn } from './house.ts'

type House = Awaited<ReturnType<typeof signedIn>>

/** The account that a service is shown. */
async function shownTo({ engine }: Pick<House, 'engine'>): Promise<unknown> {
  const outcome = await engine.fetch(ORDERS)
  return outcome.kind === 'ok' ? (await outcome.response.json()).account : outcome.kind
}

test('goes on with another account: the same session, and no service is shown the one before', async () => {
  const one = await signedIn()
  const session = one.secrets.held.session?.id
  expect(await shownTo(one)).toBe('acme')
  expect(await one.engine.switchAccount('home')).toEqual({ kind: 'ok' })
  expect(await shownTo(one)).toBe('home')
  expect(one.engine.state).toMatchObject({ at: 'signed_in', me: { account: { id: 'home' } } })
  expect(one.secrets.held.session?.id).toBe(session)
  expect(one.site.rotations).toBe(1)
})

test('an account that is not the person’s: refused, and nothing changes', async () => {
  const one = await signedIn()
  const refused = await one.engine.switchAccount('strangers')
  expect(refused).toMatchObject({ kind: 'refused', error: { code: 'access_denied' } })
  expect([await shownTo(one), one.site.rotations]).toEqual(['acme', 0])
})

test('a refresh that was under way is not taken for the one that is due', async () => {
  const { site, clock, secrets } = await signedIn()
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let holding = false
  const http = async (request: Request) => {
    const { pathname } = new URL(request.url)
    // So that nothing but the refresh itself can put it right.
    if (pathname === '/me') throw new TypeError('fetch failed')
    const answer = await site.http(request)
    if (pathname === '/refresh' && answer.ok && holding) await held
    if (pathname === '/me/account' && answer.ok) letGo()
    return answer
  }
  const one = house({ site, clock, secrets, ports: { http } })
  await one.engine.start()
  holding = true
  const refreshing = one.engine.refresh()
  while (site.rotations < 2) await new Promise((resolve) => setImmediate(resolve))
  const switching = one.engine.switchAccount('home')
  await refreshing
  expect(await switching).toEqual({ kind: 'ok' })
  expect(await shownTo(one)).toBe('home')
})

test('the answer is lost: asked again it comes to the same', async () => {
  const one = await signedIn()
  one.site.fault = (path) => (path === '/me/account' ? 'answer_lost' : 'none')
  await expect(one.engine.switchAccount('home')).rejects.toThrow('network changed')
  expect(one.site.alive[0]?.account).toBe('home')
  one.site.fault = () => 'none'
  expect(await one.engine.switchAccount('home')).toEqual({ kind: 'ok' })
  expect(await shownTo(one)).toBe('home')
})

test('the network goes between switch and refresh: no service sees the account before, then all is well', async () => {
  const one = await signedIn()
  one.site.fault = (path) => (path === '/refresh' ? 'request_lost' : 'none')
  expect((await one.engine.switchAccount('home')).kind).toBe('retry_later')
  expect(await shownTo(one)).toBe('retry_later')
  one.site.fault = () => 'none'
  expect(await one.engine.refresh()).toEqual({ kind: 'ok' })
  expect(await shownTo(one)).toBe('home')
})

test('whoever is signed out already switches nothing', async () => {
  const one = await signedIn()
  one.site.end('membership_removed', 'admin')
  expect(await one.engine.switchAccount('home')).toMatchObject({
    kind: 'ended',
    ended: { reason: 'membership_removed' },
  })
})
