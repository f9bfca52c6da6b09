import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Position } from '../../../playground/service/position.ts'

const readTo = (position: Position, next: number) => position.beginReading()(next)

test('nothing was read yet: incomplete, whatever was heard', () => {
  const position = new Position()
  expect(position.isComplete).toBe(false)
  position.hear(1)
  expect([position.isComplete, position.at]).toEqual([false, 0])
  readTo(position, 1)
  expect([position.isComplete, position.at]).toEqual([true, 1])
})

test('webhooks one by one go on, also twice; a number left out is a gap until it comes', () => {
  const position = new Position()
  readTo(position, 10)
  position.hear(11)
  position.hear(11)
  position.hear(4)
  expect([position.isComplete, position.at]).toEqual([true, 11])
  position.hear(13)
  position.hear(14)
  expect([position.isComplete, position.at]).toEqual([false, 11])
  position.hear(12)
  expect([position.isComplete, position.at]).toEqual([true, 14])
})

test('a number heard while a read is under way, beyond what it brings, does not fall between', () => {
  const position = new Position()
  readTo(position, 3)
  const reach = position.beginReading()
  position.hear(6)
  reach(4)
  expect([position.isComplete, position.at]).toEqual([false, 4])
  readTo(position, 6)
  expect([position.isComplete, position.at]).toEqual([true, 6])
})

test('a number heard before a read that ends below it is of another time: it blocks nothing', () => {
  const position = new Position()
  readTo(position, 3)
  position.hear(900)
  readTo(position, 5)
  expect([position.isComplete, position.at]).toEqual([true, 5])
})

test('whatever the order of webhooks and reads: complete means that everything announced was heard', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('commit' as const) }),
    fc.record({ do: fc.constant('deliver' as const), which: fc.nat({ max: 40 }) }),
    fc.record({ do: fc.constant('begin' as const) }),
    fc.record({ do: fc.constant('end' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const position = new Position()
      const heard = new Set<number>()
      let committed = 0
      let reading: { reach: (next: number) => void; next: number } | undefined
      for (const one of steps) {
        if (one.do === 'commit') committed += 1
        else if (one.do === 'deliver' && committed > 0) {
          const number = 1 + (one.which % committed)
          heard.add(number)
          position.hear(number)
        } else if (one.do === 'begin' && !reading) {
          // The site answers at some moment after the read began; here at once.
          reading = { reach: position.beginReading(), next: committed }
        } else if (one.do === 'end' && reading) {
          for (let number = 1; number <= reading.next; number++) heard.add(number)
          reading.reach(reading.next)
          reading = undefined
        }
        for (let number = 1; number <= position.at; number++) {
          expect(heard.has(number) || !position.isComplete).toBe(true)
        }
        if (position.isComplete) expect(Math.max(0, ...heard)).toBeLessThanOrEqual(position.at)
      }
    }),
    { seed: 3, numRuns: 500 },
  )
})
