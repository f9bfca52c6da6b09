import { expect, test } from 'vitest'
import { DAY } from '../../../clock/moment.ts'
import { EVENT_MEMORY } from '../../../idp/lifetimes.ts'
import { SortedIndex } from '../../../idp/store/sorted-index.ts'
import type { Write } from '../../../idp/store/store.ts'
import { temporaryFolder } from './folder.ts'
import { aDelivery, anEvent, openQuietly, T0 } from './records.ts'

const event = (id: string): Write => ({ table: 'event', put: anEvent(id) })

const numbers = async (store: Awaited<ReturnType<typeof openQuietly>>, after = 0, limit = 10) =>
  (await store.eventsAfter(after, limit)).map(({ id, sequence }) => `${id}=${sequence}`)

test('events are numbered in the order of their commits, without a gap, also after restarts', async () => {
  const folder = await temporaryFolder()
  let store = await openQuietly(folder)
  expect(await store.latestSequence()).toBe(0)
  await Promise.all([
    store.commit([event('a'), event('b')]),
    store.commit([event('lost')], [{ table: 'event', id: 'lost', was: anEvent('lost') }]),
    store.commit([event('c')]),
  ])
  expect(await numbers(store)).toEqual(['a=1', 'b=2', 'c=3'])
  await store.close()
  store = await openQuietly(folder)
  await store.commit([event('d')])
  expect(await numbers(store, 2)).toEqual(['c=3', 'd=4'])
  expect(await numbers(store, 0, 2)).toEqual(['a=1', 'b=2'])
  expect(await numbers(store, 4)).toEqual([])
  // All gone: no number comes a second time.
  await store.commit(['a', 'b', 'c', 'd'].map((remove) => ({ table: 'event', remove })))
  await store.compact()
  await store.close()
  store = await openQuietly(folder)
  expect(store.isEmpty()).toBe(true)
  await store.commit([event('e')])
  expect(await numbers(store)).toEqual(['e=5'])
  expect(await store.latestSequence()).toBe(5)
  await store.close()
})

test('an event that is put again keeps its number', async () => {
  const store = await openQuietly(await temporaryFolder())
  await store.commit([event('a'), event('b')])
  const a = await store.event('a')
  if (!a) throw new Error('no event')
  await store.commit([{ table: 'event', put: { ...a, keepUntil: T0 + 400 * DAY } }])
  expect(await numbers(store)).toEqual(['a=1', 'b=2'])
  await store.close()
})

test('an event becomes due to be forgotten when nobody needs it any more', async () => {
  const store = await openQuietly(await temporaryFolder())
  await store.commit([
    event('old'),
    { table: 'event', put: { ...anEvent('new'), keepUntil: T0 + 1 } },
  ])
  expect(await store.nextDue()).toBe(T0 + 1)
  expect((await store.dueRecords(T0 + EVENT_MEMORY, 99)).map(({ record }) => record.id)).toEqual([
    'new',
    'old',
  ])
  await store.close()
})

test('of each endpoint the next delivery; those due by time, then by the order of their events', async () => {
  const store = await openQuietly(await temporaryFolder())
  const delivery = (id: string, endpoint: string, nextAt: number): Write => ({
    table: 'delivery',
    put: aDelivery(id, { id: `${id}:${endpoint}`, endpoint, nextAt }),
  })
  await store.commit([event('first'), event('second'), event('third')])
  await store.commit([
    delivery('second', 'x', T0),
    delivery('third', 'x', T0 - 1),
    delivery('first', 'x', T0),
    delivery('first', 'y', T0 + 5),
  ])
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id)
  expect(ids(await store.nextDeliveries())).toEqual(['third:x', 'first:y'])
  expect(ids(await store.dueDeliveries('x', T0, 9))).toEqual(['third:x', 'first:x', 'second:x'])
  expect(ids(await store.dueDeliveries('x', T0, 2))).toEqual(['third:x', 'first:x'])
  expect(ids(await store.dueDeliveries('y', T0, 9))).toEqual([])
  await store.commit([
    {
      table: 'delivery',
      put: { ...aDelivery('third'), id: 'third:x', endpoint: 'x', state: 'dead' },
    },
    delivery('first', 'x', T0 + 9),
  ])
  expect(ids(await store.dueDeliveries('x', T0 + 9, 9))).toEqual(['second:x', 'first:x'])
  expect(await store.countDeliveries('x')).toEqual({ waiting: 2, delivered: 0, dead: 1 })
  expect(ids(await store.deliveries({ state: 'dead', limit: 9 }))).toEqual(['third:x'])
  expect(ids(await store.deliveries({ endpoint: 'x', limit: 2 }))).toEqual(['second:x', 'third:x'])
  expect(ids(await store.deliveries({ after: 'third:x', limit: 9 }))).toEqual([
    'first:x',
    'first:y',
  ])
  expect(ids(await store.deliveriesOfEvent('first'))).toEqual(['first:x', 'first:y'])
  await store.close()
})

test('a sorted index gives the same as sorting does, whatever happens to it', () => {
  const records = new Map<string, { id: string; at: number; second: number }>()
  const index = new SortedIndex(records, ({ at, second }) => (at < 0 ? undefined : [at, second]))
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  for (let step = 0; step < 3_000; step++) {
    const id = `r${random(60)}`
    const was = records.get(id)
    const now = random(4) === 0 ? undefined : { id, at: random(12) - 1, second: random(4) }
    if (now) records.set(id, now)
    else records.delete(id)
    index.changed(was, now)
    const kept = [...records.values()].filter(({ at }) => at >= 0)
    const places = index.upTo(5, 100).map(({ at, second }) => [at, second])
    const expected = kept
      .filter(({ at }) => at <= 5)
      .map(({ at, second }) => [at, second] as const)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    expect(places).toEqual(expected)
    expect(index.size).toBe(kept.length)
    expect(index.after(5, 100)).toHaveLength(kept.length - expected.length)
  }
})
