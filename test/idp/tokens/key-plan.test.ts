import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, type Duration, HOUR, MINUTE, type Moment } from '../../../clock/moment.ts'
import {
  adopted,
  afterStep,
  type KeyLife,
  type KeyStep,
  overlapOf,
  planKeys,
  signerAt,
  signingFor,
} from '../../../idp/tokens/key-plan.ts'
import { T0 } from '../store/records.ts'

const POLICY = { signingKey: 90 * DAY, access: HOUR }

const key = (kid: string, more: Partial<KeyLife> = {}): KeyLife => ({
  kid,
  signsFrom: T0,
  accessLife: HOUR,
  ...more,
})

describe('what happens next', () => {
  test.each<[string, readonly KeyLife[], KeyStep | undefined]>([
    [
      'a key of 90 days: its successor is published on day 89',
      [key('a')],
      { kind: 'publish', at: T0 + 89 * DAY },
    ],
    [
      'published on day 89: it signs on day 90',
      [key('a'), key('b', { signsFrom: T0 + 90 * DAY })],
      { kind: 'begin', at: T0 + 90 * DAY, kid: 'b' },
    ],
    [
      'retired: forgotten when its last token has run out, and slow clocks have noticed',
      [key('a', { retiredAt: T0 + 90 * DAY }), key('b', { signsFrom: T0 + 90 * DAY })],
      { kind: 'forget', at: T0 + 90 * DAY + HOUR + 5 * MINUTE, kid: 'a' },
    ],
    [
      'retired, after a start with shorter tokens: those of before count',
      [
        key('a', { retiredAt: T0 + 90 * DAY, accessLife: 12 * HOUR }),
        key('b', { signsFrom: T0 + 90 * DAY }),
      ],
      { kind: 'forget', at: T0 + 90 * DAY + 12 * HOUR + 5 * MINUTE, kid: 'a' },
    ],
    [
      'retired by an earlier version, which wrote nothing down: the longest that could be set',
      [key('a', { retiredAt: T0, accessLife: undefined }), key('b')],
      { kind: 'forget', at: T0 + DAY + 5 * MINUTE, kid: 'a' },
    ],
    [
      'two retired ones: the earlier first',
      [key('a', { retiredAt: T0 + 1 }), key('b', { retiredAt: T0 }), key('c')],
      { kind: 'forget', at: T0 + HOUR + 5 * MINUTE, kid: 'b' },
    ],
    ['moments that nobody wrote down yet', [key('a', { signsFrom: undefined })], undefined],
  ])('%s', (_, keys, step) => {
    expect(planKeys(keys, POLICY)).toEqual(step)
  })

  test.each<[Duration, Duration]>([
    [90 * DAY, DAY],
    [2 * DAY, DAY],
    [DAY, 12 * HOUR],
    [HOUR, 30 * MINUTE],
  ])('with keys of %d ms, a key is published %d ms before it signs', (signingKey, overlap) => {
    expect(overlapOf(signingKey)).toBe(overlap)
    expect(planKeys([key('a')], { ...POLICY, signingKey })?.at).toBe(T0 + signingKey - overlap)
  })
})

describe('who signs', () => {
  const keys = [key('old', { retiredAt: T0 }), key('a'), key('b', { signsFrom: T0 + DAY })]
  test.each<[string, Moment, string]>([
    ['until the last moment the one that does', T0 + DAY - 1, 'a'],
    ['from its moment the next, whether or not anybody has written that down', T0 + DAY, 'b'],
    ['on a clock that went back, the first that lives', T0 - DAY, 'a'],
  ])('%s', (_, now, kid) => {
    expect(signerAt(keys, now)?.kid).toBe(kid)
  })
})

describe('a file of an earlier version', () => {
  test('begins its life now; of several keys the newest signed', () => {
    const keys = [{ kid: 'a' }, { kid: 'b' }]
    expect(signerAt(keys, T0)?.kid).toBe('b')
    expect(adopted(keys, T0)).toEqual([
      { kid: 'a', signsFrom: T0, retiredAt: T0 },
      { kid: 'b', signsFrom: T0 },
    ])
  })

  test('is adopted once', () => {
    const keys = adopted([{ kid: 'a' }], T0)
    expect(adopted(keys, T0 + DAY)).toBe(keys)
  })
})

test('before tokens of a longer life are signed, it is written down; a shorter one changes nothing', () => {
  const keys = [key('old', { retiredAt: T0 }), key('a'), key('b', { signsFrom: T0 + DAY })]
  expect(signingFor(keys, 2 * HOUR).map(({ accessLife }) => accessLife)).toEqual([
    HOUR,
    2 * HOUR,
    2 * HOUR,
  ])
  expect(signingFor(keys, HOUR)).toBe(keys)
  expect(signingFor(keys, MINUTE)).toBe(keys)
})

/**
 * A site that signs all the time and looks after its keys when it happens to: at once, late, or after
 * it was off for a year; and restarts with other settings.
 */
test('whenever anybody looks: who signs was published a day before, and every token finds its key', () => {
  const life = fc.constantFrom(MINUTE, HOUR, DAY)
  const doing = fc.oneof(
    fc.record({ wait: fc.integer({ min: 0, max: 3 * DAY }) }),
    fc.record({ wait: fc.integer({ min: 0, max: 400 * DAY }) }),
    fc.record({ access: life }),
    fc.constant({ look: true }),
  )
  fc.assert(
    fc.property(
      fc.constantFrom(2 * HOUR, 3 * DAY, 90 * DAY),
      fc.array(doing, { maxLength: 60 }),
      (signingKey, doings) => {
        let now = T0
        let policy = { signingKey, access: HOUR }
        let keys: readonly KeyLife[] = [{ kid: 'k0', signsFrom: T0, accessLife: HOUR }]
        let made = 1
        const publishedAt = new Map<string, Moment>()
        const tokens: { kid: string; exp: Moment }[] = []
        const look = () => {
          for (
            let step = planKeys(keys, policy);
            step && step.at <= now;
            step = planKeys(keys, policy)
          ) {
            if (step.kind === 'publish') {
              const kid = `k${made++}`
              publishedAt.set(kid, now)
              keys = [
                ...keys,
                { kid, signsFrom: now + overlapOf(signingKey), accessLife: policy.access },
              ]
            } else keys = afterStep(keys, step)
          }
        }
        const check = () => {
          const signer = signerAt(keys, now)
          expect(signer).toBeDefined()
          const since = publishedAt.get(signer?.kid ?? '')
          if (since !== undefined) expect(now - since).toBeGreaterThanOrEqual(overlapOf(signingKey))
          tokens.push({ kid: signer?.kid ?? '', exp: now + policy.access })
          const published = new Set(keys.map(({ kid }) => kid))
          for (const { kid, exp } of tokens) if (exp > now) expect(published).toContain(kid)
        }
        for (const act of doings) {
          if ('wait' in act) now += act.wait
          else if ('access' in act) {
            policy = { signingKey, access: act.access }
            keys = signingFor(keys, act.access)
          } else look()
          check()
        }
        look()
        check()
        // Nothing piles up: who signs, perhaps one in waiting, and those whose tokens live.
        expect(keys.filter(({ retiredAt }) => retiredAt === undefined).length).toBeLessThanOrEqual(
          2,
        )
        const oldest = Math.min(...keys.map(({ retiredAt = now }) => retiredAt))
        expect(now - oldest).toBeLessThanOrEqual(DAY + 5 * MINUTE)
      },
    ),
    { seed: 2, numRuns: 400 },
  )
})
