import { expect, test } from 'vitest'
import type { Lock } from '../../client/ports.ts'
import { HOUR, SECOND } from '../../clock/moment.ts'
import type { Fault } from './fake-site.ts'
import { house, ORDERS, signedIn } from './house.ts'

/** Two processes of one installation share one entry, and nothing else. */
async function two(lock?: Lock) {
  const one = await signedIn(lock ? { ports: { lock } } : {})
  const { site, clock, secrets } = one
  const other = house({ site, clock, secrets, ...(lock ? { ports: { lock } } : {}) })
  await other.engine.start()
  return { one, other, site, clock, secrets }
}

test('two processes, no lock: both refresh at once, nobody is signed out', async () => {
  const { one, other, site, clock, secrets } = await two()
  for (let round = 0; round < 5; round++) {
    clock.advance(2 * HOUR)
    const outcomes = await Promise.all([one.engine.fetch(ORDERS), other.engine.fetch(ORDERS)])
    for (const outcome of outcomes) expect(['ok', 'retry_later']).toContain(outcome.kind)
    clock.advance(2 * SECOND)
    expect(await one.engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
    expect(await other.engine.fetch(ORDERS)).toMatchObject({
      kind: 'ok',
      response: { status: 200 },
    })
    expect(site.alive).toHaveLength(1)
    expect(secrets.held.session?.refreshToken).toBe(site.alive[0]?.current)
  }
})

test('two processes that overwrite each other’s attempt: the loser hears 409 and adopts', async () => {
  const { one, other, site, clock, secrets } = await two()
  clock.advance(2 * HOUR)
  const before = secrets.value ?? ''
  let meanwhile: Promise<unknown> | undefined
  site.fault = (path) => {
    // The other process wrote its attempt over ours, then was faster.
    if (path === '/refresh' && !meanwhile) {
      const ours = secrets.value ?? ''
      secrets.value = before
      meanwhile = other.engine.fetch(ORDERS).then(() => ours)
      return meanwhile.then(() => 'none' as const)
    }
    return 'none'
  }
  expect(await one.engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(one.engine.state.at).toBe('signed_in')
  expect(site.alive).toHaveLength(1)
  expect(site.alive[0]?.displaced.size).toBe(0)
  expect(one.lines.map(({ event }) => event)).not.toContain('session_ended')
})

test('409 and the other process died before it wrote: waits, then the same attempt gets through', async () => {
  const { one, site, clock, secrets } = await two()
  clock.advance(2 * HOUR)
  const { held } = secrets
  const session = held.session
  if (!session) throw new Error('Nobody is signed in.')
  // The other one's request arrived and its answer died with it; our store never heard of it.
  site.fault = (path) => (path === '/refresh' ? 'answer_lost' : 'none')
  await house({ site, clock, secrets }).engine.start()
  secrets.value = JSON.stringify(held)
  site.fault = () => 'none'
  const outcomes = []
  for (let round = 0; round < 12; round++) {
    outcomes.push(await one.engine.fetch(ORDERS))
    clock.advance(2 * SECOND)
  }
  expect(outcomes.at(-1)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(one.engine.state.at).toBe('signed_in')
  expect(one.pauses.length).toBeGreaterThan(0)
})

test('superseded, and the store has a newer token: adopts it', async () => {
  const { one, other, site, clock, secrets } = await two()
  clock.advance(2 * HOUR)
  const old = secrets.held.session?.refreshToken ?? ''
  site.fault = async (path): Promise<Fault> => {
    if (path !== '/refresh' || secrets.held.session?.refreshToken !== old) return 'none'
    site.fault = () => 'none'
    await other.engine.refresh()
    const [session] = site.alive
    session?.displaced.add(old)
    if (session) session.previous = undefined
    return 'none'
  }
  expect(await one.engine.fetch(ORDERS)).toMatchObject({ kind: 'ok', response: { status: 200 } })
  expect(secrets.held.ended).toBeUndefined()
})

test('superseded, and the store has nothing newer: it is over for this one', async () => {
  const { engine, site, secrets } = await signedIn()
  const [session] = site.alive
  session?.displaced.add(session.current)
  if (session) session.current = 'newer'
  expect(await engine.refresh()).toMatchObject({ kind: 'ended', ended: { reason: 'superseded' } })
  expect(secrets.held.session).toBeUndefined()
})

test('one process signs out, the other notices at its next refresh', async () => {
  const { one, other, clock } = await two()
  await one.engine.signOut()
  clock.advance(2 * HOUR)
  expect(await other.engine.fetch(ORDERS)).toMatchObject({
    kind: 'ended',
    ended: { reason: 'signed_out' },
  })
})

test('with a lock the second process waits, reads again and never hears 409', async () => {
  const tails = new Map<string, Promise<unknown>>()
  const lock: Lock = {
    withLock(name, work) {
      const next = (tails.get(name) ?? Promise.resolve()).then(work)
      tails.set(
        name,
        next.catch(() => {}),
      )
      return next
    },
  }
  const { one, other, clock } = await two(lock)
  clock.advance(2 * HOUR)
  const outcomes = await Promise.all([one.engine.fetch(ORDERS), other.engine.fetch(ORDERS)])
  expect(outcomes.map(({ kind }) => kind)).toContain('ok')
  expect([...one.pauses, ...other.pauses]).toEqual([])
  expect([one.engine.state.at, other.engine.state.at]).toEqual(['signed_in', 'signed_in'])
})

/** A process whose answers to `/refresh` come when they are let go. */
async function delayed() {
  const one = await signedIn()
  const { site, clock, secrets } = one
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let arrived = () => {}
  const answered = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const slow = house({
    site,
    clock,
    secrets,
    ports: {
      http: async (request) => {
        const answer = await site.http(request)
        if (!request.url.endsWith('/refresh') || !answer.ok) return answer
        arrived()
        await gate
        return answer
      },
    },
  })
  return { one, slow, site, clock, secrets, answered, letGo }
}

test('both ask with the one attempt that is written down: one rotation, one answer for both', async () => {
  const { one, slow, site, clock, answered, letGo } = await delayed()
  clock.advance(2 * HOUR)
  const starting = slow.engine.start()
  await answered
  expect(await one.engine.refresh()).toEqual({ kind: 'ok' })
  letGo()
  expect(await starting).toMatchObject({ at: 'signed_in' })
  expect(site.rotations).toBe(1)
})

test('an answer that comes late does not overwrite a newer token', async () => {
  const { one, slow, site, clock, secrets, answered, letGo } = await delayed()
  clock.advance(2 * HOUR)
  const starting = slow.engine.start()
  await answered
  expect(await one.engine.refresh()).toEqual({ kind: 'ok' })
  expect(await one.engine.refresh()).toEqual({ kind: 'ok' })
  const stored: (string | undefined)[] = []
  const write = secrets.write.bind(secrets)
  secrets.write = async (value) => {
    await write(value)
    stored.push(secrets.held.session?.refreshToken)
  }
  const newest = site.alive[0]?.current
  letGo()
  expect(await starting).toMatchObject({ at: 'signed_in' })
  expect(stored[0]).toBe(newest)
  expect(site.alive).toHaveLength(1)
  expect(secrets.held.session?.refreshToken).toBe(site.alive[0]?.current)
})
