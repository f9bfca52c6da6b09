import { expect, test } from 'vitest'
import { StoppedClock } from '../../../clock/clock.ts'
import { Demonstration, type Visit } from '../../../desktop/main/embedded/demonstration.ts'
import { isAnswer } from '../../../desktop/main/embedded/provider.ts'

/** The demonstration with a window that is led as the test says. */
function start(visits: readonly Visit[], word = 'login_required', done = async () => {}) {
  const led = [...visits]
  let purges = 0
  const demonstration: Demonstration = new Demonstration({
    provider: {
      ask: async () => ({ url: 'u', word: () => word, redeem: async () => 'Ada' }),
    },
    browser: {
      async visit() {
        const visit = led.shift()
        if (!visit) throw new Error('The provider is away.')
        return visit
      },
      purge: async () => {
        purges += 1
        await done()
        return { removed: 1, left: 0 }
      },
    },
    clock: new StoppedClock(0),
    log: () => {},
    changed: () => {},
  })
  return { demonstration, purges: () => purges }
}

const ASKED = { answer: 'a', asked: true }

test('it begins with a purge, and ends with one', async () => {
  const { demonstration, purges } = start([ASKED])
  await demonstration.signIn()
  expect(demonstration.shown).toBeUndefined()
  await demonstration.open()
  expect(purges()).toBe(1)
  await demonstration.signIn()
  expect(demonstration.shown?.happened).toEqual([{ step: 'sign_in', name: 'Ada', asked: true }])
  await demonstration.leave()
  expect(purges()).toBe(2)
  expect(demonstration.shown).toBeUndefined()
})

test.each([
  ['login_required', ASKED, 'proven'],
  ['code', ASKED, 'sticky'],
  ['server_error', ASKED, 'unknown'],
  ['login_required', { answer: undefined, asked: true }, 'unknown'],
] as const)('the silent question is answered %s, by %o: %s', async (word, visit, outcome) => {
  const { demonstration } = start([visit], word)
  await demonstration.open()
  await demonstration.purge()
  expect(demonstration.shown?.happened).toMatchObject([{ step: 'purge', outcome }])
})

test('a window that is closed is no step; a provider that is away is said, and tried again', async () => {
  const { demonstration } = start([{ answer: undefined, asked: true }])
  await demonstration.open()
  await demonstration.signIn()
  expect(demonstration.shown).toEqual({ busy: false, happened: [] })
  await demonstration.signIn()
  expect(demonstration.shown).toEqual({ busy: false, happened: [], failed: true })
})

test('one step at a time', async () => {
  const { demonstration } = start([ASKED, ASKED])
  await demonstration.open()
  await Promise.all([demonstration.signIn(), demonstration.signIn(), demonstration.leave()])
  expect(demonstration.shown?.happened).toHaveLength(1)
})

test('left and opened again at once: nobody signs in before what was left is gone', async () => {
  const gone: (() => void)[] = []
  let slow = false
  const { demonstration, purges } = start([ASKED], undefined, () =>
    slow ? new Promise((resolve) => gone.push(resolve)) : Promise.resolve(),
  )
  await demonstration.open()
  slow = true
  const left = demonstration.leave()
  slow = false
  const opened = demonstration.open()
  await new Promise((resolve) => setImmediate(resolve))
  expect([demonstration.shown?.busy, purges()]).toEqual([true, 2])
  for (const done of gone) done()
  await Promise.all([left, opened])
  expect([demonstration.shown?.busy, purges()]).toEqual([false, 3])
})

test.each([
  ['http://127.0.0.1/embedded-demonstration?code=c', true],
  ['http://127.0.0.1/embedded-demonstration.evil.test', false],
  ['http://127.0.0.1/embedded-demonstration/x?code=c', false],
  ['http://evil.test/?to=http://127.0.0.1/embedded-demonstration?code=c', false],
])('%s is the answer: %s', (address, expected) => {
  expect(isAnswer(address)).toBe(expected)
})
