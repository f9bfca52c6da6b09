import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PackedTable } from '../../../idp/store/packed-table.ts'

interface Thing {
  readonly id: string
  readonly says: string
}

const thing = (id: string, says: string): Thing => ({ id, says })

const textsOf = (table: PackedTable<Thing>) =>
  [...table.texts()].map((text) => JSON.parse(Buffer.from(text).toString()) as Thing)

const step = fc.oneof(
  fc.record({ put: fc.nat(40), says: fc.string({ unit: 'binary', maxLength: 20 }) }),
  // A quarter of a slab, so that slabs fill up, become thin, and are given back.
  fc.record({
    put: fc.nat(40),
    says: fc.constantFrom('x', 'é', '🔑').map((c) => c.repeat(60_000)),
  }),
  fc.record({ remove: fc.nat(40) }),
  fc.record({ pass: fc.constant(true) }),
)

test('whatever comes and goes, a packed table holds what a map would, in the same order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const table = new PackedTable<Thing>()
      const map = new Map<string, Thing>()
      for (const step of steps) {
        if ('put' in step) {
          const made = thing(String(step.put), step.says)
          if (step.put % 2) table.set(made.id, made)
          else table.setText(made.id, JSON.stringify(made))
          map.set(made.id, made)
        } else if ('remove' in step) {
          expect(table.delete(String(step.remove))).toBe(map.delete(String(step.remove)))
        } else {
          expect(textsOf(table)).toEqual([...map.values()])
        }
        expect(table.size).toBe(map.size)
      }
      expect([...table.values()]).toEqual([...map.values()])
      for (let id = 0; id <= 40; id++) {
        expect(table.get(String(id))).toEqual(map.get(String(id)))
        expect(table.has(String(id))).toBe(map.has(String(id)))
      }
    }),
    { numRuns: 100, seed: 3 },
  )
})

test('one that is larger than a whole slab takes nothing from those beside it', () => {
  const table = new PackedTable<Thing>()
  const all = [
    thing('before', 'small'),
    thing('large', 'x'.repeat(1_500_000)),
    ...Array.from({ length: 2_000 }, (_, n) => thing(`after ${n}`, `${n}`.padEnd(1_000))),
    thing('larger', '🔑'.repeat(700_000)),
    thing('last', 'small'),
  ]
  for (const one of all) table.set(one.id, one)
  expect([...table.values()]).toEqual(all)
  table.delete('large')
  expect(textsOf(table)).toEqual(all.filter(({ id }) => id !== 'large'))
})

test('a record is what it was while it says the same, though thousands were read in between', () => {
  const table = new PackedTable<Thing>()
  const ids = Array.from({ length: 3_000 }, (_, n) => `t${n}`)
  for (const id of ids) table.set(id, thing(id, 'first'))
  const was = table.get('t0')
  expect(table.get('t0')).toBe(was)
  for (const id of ids) table.get(id)
  expect(table.holds('t0', was)).toBe(true)
  table.set('t0', thing('t0', 'second'))
  expect(table.holds('t0', was)).toBe(false)
  table.delete('t0')
  expect(table.holds('t0', was)).toBe(false)
  expect(table.holds('t0', undefined)).toBe(true)
  expect(table.holds('t1', undefined)).toBe(false)
})

test('whoever passes all records takes them out of memory that is mostly holes', () => {
  const table = new PackedTable<Thing>()
  const long = 'x'.repeat(1_000)
  for (let n = 0; n < 10_000; n++) table.set(`t${n}`, thing(`t${n}`, long))
  const full = table.bytes
  for (let n = 0; n < 10_000; n++) if (n % 10) table.delete(`t${n}`)
  expect(table.bytes).toBe(full)
  expect(textsOf(table)).toHaveLength(1_000)
  expect(table.bytes).toBeLessThan(full / 4)
  expect([...table.values()]).toHaveLength(1_000)
})

test('records that change again and again take no more memory than they need', () => {
  const table = new PackedTable<Thing>()
  for (let n = 0; n < 50_000; n++) table.set(`t${n % 10}`, thing(`t${n % 10}`, `${n}`.padEnd(500)))
  expect(table.bytes).toBeLessThan(3 << 20)
  expect(table.get('t9')?.says.trim()).toBe('49999')
})

test('records that come and go at once leave nothing behind', () => {
  const table = new PackedTable<Thing>()
  for (let n = 0; n < 20_000; n++) {
    table.set(`t${n}`, thing(`t${n}`, 'x'.repeat(500)))
    table.delete(`t${n}`)
  }
  expect(table.bytes).toBeLessThan(3 << 20)
})
