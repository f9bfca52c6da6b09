import { beforeEach, expect, test, vi } from 'vitest'
import { SECOND } from '../../clock/moment.ts'
import { BriefLook } from '../../ui/brief-look.ts'

let due: { at: number; then: () => void }[]
let now: number
const heard = vi.fn<(shown: boolean) => void>()
const look = () =>
  new BriefLook((delay, then) => {
    const wait = { at: now + delay, then }
    due.push(wait)
    return () => {
      due = due.filter((one) => one !== wait)
    }
  }, heard)

const pass = (seconds: number) => {
  now += seconds * SECOND
  for (const { then } of due.filter(({ at }) => at <= now)) then()
}

beforeEach(() => {
  due = []
  now = 0
  heard.mockReset()
})

test('29 s: still shown; 30 s: hidden', () => {
  look().show()
  pass(29)
  expect(heard.mock.calls).toEqual([[true]])
  pass(1)
  expect(heard.mock.calls).toEqual([[true], [false]])
  expect(due).toEqual([])
})

test('hidden before: nothing is left to come, and nothing is said twice', () => {
  const ids = look()
  ids.show()
  ids.hide()
  ids.hide()
  pass(60)
  expect(heard.mock.calls).toEqual([[true], [false]])
})

test('shown once more after 20 s: hidden 30 s from then', () => {
  const ids = look()
  ids.show()
  pass(20)
  ids.show()
  pass(29)
  expect(heard).not.toHaveBeenCalledWith(false)
  pass(1)
  expect(heard).toHaveBeenLastCalledWith(false)
})
