import { describe, expect, test } from 'vitest'
import { HOUR, MINUTE, type Moment, SECOND, toSeconds } from '../../clock/moment.ts'
import { claimsAreStale, readClaimsChanged } from '../../protocol/claims-changed.ts'
import { house, ORDERS, START, signedIn } from './house.ts'

/** Somebody whose plan has changed ten minutes after they signed in. */
async function planChanged() {
  const all = await signedIn()
  all.clock.advance(10 * MINUTE)
  all.site.claimsChangedAt = all.clock.now()
  all.site.plan = 'pro'
  all.clock.advance(MINUTE)
  return all
}

const planIn = ({ engine }: Pick<Awaited<ReturnType<typeof signedIn>>, 'engine'>) =>
  engine.state.at === 'signed_in' ? engine.state.me?.subscription.plan : engine.state.at

const stale = ({ engine }: Pick<Awaited<ReturnType<typeof signedIn>>, 'engine'>) =>
  'stale' in engine.state && engine.state.stale

describe('a plan changed', () => {
  test('minute 11: a service says so; the request is answered, and the next one refreshes first', async () => {
    const all = await planChanged()
    const { engine, site } = all
    expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
    expect([site.rotations, stale(all), planIn(all)]).toEqual([0, true, 'team'])
    expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
    expect([site.rotations, stale(all), planIn(all)]).toEqual([1, false, 'pro'])
    await engine.fetch(ORDERS)
    expect(site.rotations).toBe(1)
  })

  test('the site’s own answer says so too', async () => {
    const all = await planChanged()
    expect(await all.engine.me()).toMatchObject({ me: { subscription: { plan: 'pro' } } })
    expect([all.site.rotations, stale(all), planIn(all)]).toEqual([0, true, 'pro'])
    await all.engine.fetch(ORDERS)
    expect([all.site.rotations, stale(all)]).toEqual([1, false])
  })

  test('whoever listens is told, once each way', async () => {
    const all = await planChanged()
    const told: boolean[] = []
    all.engine.subscribe((state) => {
      if ('stale' in state && state.stale !== told.at(-1)) told.push(state.stale)
    })
    for (let use = 0; use < 4; use++) await all.engine.fetch(ORDERS)
    expect(told).toEqual([true, false])
  })

  test('nothing refreshes without use: an hour of silence leaves it to the hour', async () => {
    const all = await planChanged()
    await all.engine.fetch(ORDERS)
    all.clock.advance(30 * MINUTE)
    expect([all.site.rotations, stale(all)]).toEqual([0, true])
  })

  test('a hundred requests at once wait for one refresh, and ask once who it is', async () => {
    const all = await planChanged()
    await all.engine.fetch(ORDERS)
    await Promise.all(Array.from({ length: 100 }, () => all.engine.fetch(ORDERS)))
    expect([all.site.rotations, stale(all), planIn(all)]).toEqual([1, false, 'pro'])
  })

  test('the site can’t be reached: the old token will do once more, and stays marked', async () => {
    const all = await planChanged()
    await all.engine.fetch(ORDERS)
    all.site.fault = (path) => (path === '/refresh' ? 'request_lost' : 'none')
    expect(await all.engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
    expect([all.site.rotations, stale(all)]).toEqual([0, true])
    all.site.fault = () => 'none'
    all.clock.advance(5 * SECOND)
    await all.engine.fetch(ORDERS)
    expect([all.site.rotations, stale(all)]).toEqual([1, false])
  })

  test('an answer that was lost before the change brings old claims: the use after it refreshes again', async () => {
    const all = await signedIn()
    const { engine, site, clock } = all
    clock.advance(61 * MINUTE)
    site.fault = (path) => (path === '/refresh' ? 'answer_lost' : 'none')
    expect(await engine.fetch(ORDERS)).toMatchObject({ kind: 'retry_later' })
    site.fault = () => 'none'
    clock.advance(10 * MINUTE)
    site.claimsChangedAt = clock.now()
    site.plan = 'pro'
    clock.advance(MINUTE)
    // The identical answer again, and the service says what is wrong with it.
    await engine.fetch(ORDERS)
    expect([site.rotations, stale(all)]).toEqual([1, true])
    await engine.fetch(ORDERS)
    expect([site.rotations, stale(all), planIn(all)]).toEqual([2, false, 'pro'])
  })

  test('a new start knows nothing of it, and refreshes anyway', async () => {
    const { site, clock, secrets, engine } = await planChanged()
    await engine.fetch(ORDERS)
    const later = house({ site, clock, secrets })
    await later.engine.start()
    expect([site.rotations, stale(later), planIn(later)]).toEqual([1, false, 'pro'])
  })

  test('in the very second of the sign-in: at most one refresh for it', async () => {
    const all = await signedIn()
    all.site.claimsChangedAt = all.clock.now()
    for (let use = 0; use < 5; use++) await all.engine.fetch(ORDERS)
    expect(all.site.rotations).toBe(1)
  })

  test('signed out and in again: what was said of the old token means nothing', async () => {
    const all = await planChanged()
    await all.engine.fetch(ORDERS)
    await all.engine.signOut()
    await all.engine.signIn()
    await all.engine.fetch(ORDERS)
    expect([all.site.rotations, stale(all)]).toEqual([0, false])
  })
})

describe('a service that lies can’t make it refresh again and again', () => {
  test.each<[string, (now: Moment) => number, number]>([
    ['always the same moment', () => toSeconds(START + 10 * MINUTE), 1],
    ['a moment before the token', () => toSeconds(START - HOUR), 0],
    ['a moment years ahead', () => 9_999_999_999, 30],
    ['always this very moment', (now) => toSeconds(now), 30],
    ['no time at all', () => Number.NaN, 0],
    ['a fraction', () => START / SECOND + 0.5, 0],
  ])('%s, used for half an hour', async (_, alarm, most) => {
    const { engine, site, clock } = await signedIn()
    clock.advance(20 * MINUTE)
    site.alarm = () => alarm(clock.now())
    for (let second = 0; second < 30 * 60; second += 5) {
      clock.advance(5 * SECOND)
      await engine.fetch(ORDERS)
    }
    expect(site.rotations).toBeLessThanOrEqual(most)
    if (most === 1) expect(site.rotations).toBe(1)
  })
})

test.each([
  [null, undefined],
  ['', undefined],
  ['1764072000', 1_764_072_000_000],
  ['-1', undefined],
  ['1e9', undefined],
  ['1764072000, 1764072001', undefined],
  ['9999999999999', undefined],
])('the header %j is read as %s', (header, moment) => {
  expect(readClaimsChanged(header)).toBe(moment)
})

test.each([
  [100, 99_999, false],
  [100, 100_000, true],
  [100, 100_999, true],
  [100, 101_000, true],
])('a token of second %i and a change at %i ms: stale is %s', (issuedAt, changedAt, expected) => {
  expect(claimsAreStale(issuedAt, changedAt)).toBe(expected)
})
