import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StoppedClock, VirtualClock } from '../../../clock/clock.ts'
import { MINUTE, SECOND } from '../../../clock/moment.ts'
import { NONCE_LIFE } from '../../../protocol/dpop/nonce.ts'
import { SeenProofs } from '../../../protocol/dpop/seen.ts'

const newClock = () => new VirtualClock(new StoppedClock(1_750_000_000_000))

test('used once, it is refused as long as its nonce could still be taken, whatever else happens', () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 6 * MINUTE }), { maxLength: 60 })
  fc.assert(
    fc.property(pauses, (all) => {
      const clock = newClock()
      const seen = new SeenProofs()
      const used: { jti: string; at: number }[] = []
      for (const [n, pause] of all.entries()) {
        clock.advance(pause)
        for (const { jti, at } of used) {
          // A nonce is given out no later than its proof is used.
          if (clock.now() - at > NONCE_LIFE) continue
          expect(seen.firstUse('key', jti, clock.now())).toBe(false)
        }
        expect(seen.firstUse('key', `jti-${n}`, clock.now())).toBe(true)
        used.push({ jti: `jti-${n}`, at: clock.now() })
      }
    }),
  )
})

test('used just before the generations change: still refused a full nonce’s life later', () => {
  const clock = newClock()
  const seen = new SeenProofs()
  seen.firstUse('key', 'first', clock.now())
  clock.advance(NONCE_LIFE)
  expect(seen.firstUse('key', 'late', clock.now())).toBe(true)
  clock.advance(SECOND)
  seen.firstUse('key', 'turns the generation', clock.now())
  clock.advance(NONCE_LIFE - SECOND)
  expect(seen.firstUse('key', 'late', clock.now())).toBe(false)
})

test('memory is bounded: under steady use, two nonces’ lives later it is forgotten', () => {
  const clock = newClock()
  const seen = new SeenProofs()
  expect(seen.firstUse('key', 'jti', clock.now())).toBe(true)
  for (let minute = 0; minute < 12; minute++) {
    clock.advance(MINUTE)
    seen.firstUse('key', `at minute ${minute}`, clock.now())
  }
  // Its nonce has long been refused by then, so nothing is lost.
  expect(seen.firstUse('key', 'jti', clock.now())).toBe(true)
})

test('memory is bounded: after a long silence nothing old is kept', () => {
  const clock = newClock()
  const seen = new SeenProofs()
  seen.firstUse('key', 'jti', clock.now())
  clock.advance(2 * NONCE_LIFE + 1)
  expect(seen.firstUse('key', 'jti', clock.now())).toBe(true)
})

test('the same jti of two keys are two proofs, also when the texts run together alike', () => {
  const seen = new SeenProofs()
  expect(seen.firstUse('key', 'jti', 0)).toBe(true)
  expect(seen.firstUse('other', 'jti', 0)).toBe(true)
  expect(seen.firstUse('keyj', 'ti', 0)).toBe(true)
})
