import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DueIndex } from '../../../idp/store/due-index.ts'

interface Thing {
  readonly id: string
  readonly due: number | undefined
}

const byDue = (a: { readonly at: number }, b: { readonly at: number }) => a.at - b.at

/** What the index should say, worked out from scratch. */
const naive = (things: ReadonlyMap<string, Thing>) =>
  [...things.values()]
    .flatMap((record) => (record.due === undefined ? [] : [{ at: record.due, record }]))
    .sort(byDue)

const step = fc.oneof(
  fc.record({ id: fc.nat(8), due: fc.option(fc.nat(50), { nil: undefined }) }),
  fc.record({ id: fc.nat(8), remove: fc.constant(true) }),
  fc.record({ ask: fc.nat(50), limit: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ settle: fc.nat(50), limit: fc.integer({ min: 1, max: 10 }), most: fc.nat(3) }),
)

test('whatever comes, goes and moves, the index says the same as a look at everything', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const things = new Map<string, Thing>([['x', { id: 'x', due: 25 }]])
      const index = new DueIndex(things, ({ due }) => due)
      for (const step of steps) {
        if ('ask' in step) {
          const found = index.due(step.ask, step.limit)
          const expected = naive(things).filter(({ at }) => at <= step.ask)
          const moments = expected.map(({ at }) => at)
          expect(found.map(({ at }) => at)).toEqual(moments.slice(0, step.limit))
          expect(new Set(found).size).toBe(found.length)
          for (const one of found) expect(expected).toContainEqual(one)
        } else if ('settle' in step) {
          index.settle(step.settle, step.limit, step.most)
        } else {
          const id = String(step.id)
          const was = things.get(id)
          const now = 'remove' in step ? undefined : { id, due: step.due }
          if (now) things.set(id, now)
          else things.delete(id)
          index.changed(was, now)
        }
        expect(index.next()).toBe(naive(things)[0]?.at)
      }
    }),
    { numRuns: 300 },
  )
})

test('a record that moves to and fro, or goes and comes, does not fill the index', () => {
  const things = new Map<string, Thing>()
  const index = new DueIndex(things, ({ due }) => due)
  const put = (now: Thing) => {
    const was = things.get(now.id)
    things.set(now.id, now)
    index.changed(was, now)
  }
  for (let n = 0; n < 1000; n += 1) put({ id: `still-${n}`, due: 1_000_000 })
  for (let n = 0; n < 20_000; n += 1) {
    put({ id: 'to and fro', due: 500 - (n % 2) })
    const gone = { id: `short-${n}`, due: 2_000_000 + n }
    put(gone)
    things.delete(gone.id)
    index.changed(gone, undefined)
  }
  expect(index.size).toBeLessThan(2_100)
  expect(index.next()).toBe(499)
})

test('a session that is refreshed again and again keeps its one entry', () => {
  const things = new Map<string, Thing>()
  const index = new DueIndex(things, ({ due }) => due)
  for (let n = 0; n < 1000; n += 1) {
    const was = things.get('s')
    const now = { id: 's', due: n }
    things.set('s', now)
    index.changed(was, now)
  }
  expect(index.size).toBe(1)
  expect(index.next()).toBe(999)
})

test('a thousand that have all moved are put right in steps, between which anything may happen', () => {
  const things = new Map<string, Thing>()
  for (let n = 0; n < 1000; n += 1) things.set(String(n), { id: String(n), due: n })
  let looks = 0
  const index = new DueIndex(things, ({ due }) => {
    looks += 1
    return due
  })
  for (let n = 0; n < 1000; n += 1) things.set(String(n), { id: String(n), due: 2000 + n })
  const steps: number[] = []
  for (let settled = false; !settled; ) {
    looks = 0
    settled = index.settle(1500, 10, 50)
    steps.push(looks)
  }
  expect(steps.length).toBeGreaterThan(10)
  expect(Math.max(...steps)).toBeLessThanOrEqual(51)
  looks = 0
  expect(index.due(1500, 10)).toEqual([])
  expect(index.next()).toBe(2000)
  expect(looks).toBeLessThanOrEqual(2)
})
