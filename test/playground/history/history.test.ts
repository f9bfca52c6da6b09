import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { History } from '../../../playground/history/history.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  file = join(folder, 'history.jsonl')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const ended = (session_id: string) =>
  ({ kind: 'ended', at: 5, session_id, reason: 'idle_expired', actor: 'system' }) as const

const replayed = { kind: 'replayed', at: 6, session_id: 'ses_1' } as const

test('counted in the order in which it was heard; told once, however often the site says it', () => {
  const history = new History(file)
  const heard: number[] = []
  history.listen(({ number }) => heard.push(number))
  history.add([ended('ses_1'), ended('ses_2')])
  history.add([ended('ses_1'), replayed, replayed])
  expect(heard).toEqual([1, 2, 3, 4])
  expect(history.after(2).map(({ kind }) => kind)).toEqual(['replayed', 'replayed'])
  expect(history.after(1, 1)).toMatchObject([{ number: 2, session_id: 'ses_2' }])
})

test('opened again it knows everything; a line that a crash cut short is forgotten', () => {
  new History(file).add([ended('ses_1'), replayed])
  appendFileSync(file, '{"kind":"repl')
  const again = new History(file)
  expect(again.after(0)).toHaveLength(2)
  again.add([ended('ses_1'), replayed])
  expect(new History(file).after(0).map(({ number }) => number)).toEqual([1, 2, 3])
})

test('cleared: nothing is left, on disk neither', () => {
  const history = new History(file)
  history.add([ended('ses_1')])
  history.clear()
  expect([history.after(0), new History(file).after(0)]).toEqual([[], []])
  history.add([ended('ses_1')])
  expect(history.after(0)).toMatchObject([{ number: 1 }])
})
