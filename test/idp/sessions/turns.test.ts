import { expect, test } from 'vitest'
import { Turns } from '../../../idp/sessions/turns.ts'

/** Work that ends when it is told to. */
function work() {
  let finish = () => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  return { done, finish }
}

test('one at a time for each key, in the order of asking', async () => {
  const turns = new Turns()
  let inside = 0
  const order: number[] = []
  await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      turns.take('session', async () => {
        inside++
        expect(inside).toBe(1)
        await Promise.resolve()
        order.push(n)
        inside--
      }),
    ),
  )
  expect(order).toEqual(Array.from({ length: 100 }, (_, n) => n))
})

test('other keys don’t wait', async () => {
  const turns = new Turns()
  const slow = work()
  const first = turns.take('one', () => slow.done)
  await expect(turns.take('two', async () => 'at once')).resolves.toBe('at once')
  slow.finish()
  await first
})

test('who fails hears of it, and the next one has its turn', async () => {
  const turns = new Turns()
  const failing = turns.take('session', () => Promise.reject(new Error('no')))
  const next = turns.take('session', async () => 'mine')
  await expect(failing).rejects.toThrow('no')
  await expect(next).resolves.toBe('mine')
})

test('who comes while the last one leaves still waits for it', async () => {
  const turns = new Turns()
  const [one, two] = [work(), work()]
  const order: string[] = []
  const first = turns.take('session', () => one.done.then(() => order.push('first')))
  const second = turns.take('session', () => two.done.then(() => order.push('second')))
  one.finish()
  await first
  const third = turns.take('session', async () => void order.push('third'))
  two.finish()
  await Promise.all([second, third])
  expect(order).toEqual(['first', 'second', 'third'])
})
