import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inLines, judge } from './judge.ts'
import type { Row } from './row.ts'
import { ROWS } from './rows.ts'
import { mentions } from './titles.ts'

const source = (file: string): string | undefined => {
  const url = new URL(`../${file}`, import.meta.url)
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined
}

test('each row has an id of its own, a sentence, and exactly one answer', () => {
  expect(ROWS.map(({ id }) => id)).toEqual([...new Set(ROWS.map(({ id }) => id))])
  for (const row of ROWS) {
    expect(row.requirement, row.id).toMatch(/^\S.+\.$/)
    const answers = ['tests', 'explained'].filter((answer) => answer in row)
    expect(answers, row.id).toHaveLength(1)
    if ('explained' in row) expect(row.explained, row.id).toMatch(/^[A-Z].+\.$/)
  }
})

describe('each row’s tests are there', () => {
  test.for(ROWS.flatMap((row) => ('tests' in row ? [[row.id, row.tests] as const] : [])))(
    '%s',
    ([, tests]) => {
      const names = Object.entries(tests).flatMap(([file, all]) => all.map((name) => [file, name]))
      expect(names.length).toBeGreaterThan(0)
      const gone = names.filter(([file = '', name = '']) => !mentions(source(file) ?? '', name))
      expect(gone, 'A test of that name is not there: was it renamed? Say so in the row.').toEqual(
        [],
      )
    },
  )
})

describe('a title is found in a file’s text', () => {
  const text =
    "describe('tokens', () => { test.for([['expired']])('%s: refused', …)\n test('a $name', …)"
  test.for([
    ['tokens', true],
    ['tokens > expired: refused', true],
    ['tokens > expired: ref', true],
    ['token', true],
    ['a thing', false],
    ['codes', false],
    ['tokens > expired: taken', false],
    ['', false],
  ] as const)('“%s”: %s', ([name, there]) => {
    expect(mentions(text, name)).toBe(there)
  })
})

describe('a row holds as long as its tests ran and passed', () => {
  const row = {
    id: 'X-1',
    standard: 'RFC 9700',
    section: '2.1',
    requirement: 'It holds.',
    who: 'site',
    tests: { 'a.test.ts': ['all > one', 'two'] },
  } as const satisfies Row
  const ran = (title: string, passed = true, file = 'a.test.ts') => ({ file, title, passed })
  const good = [ran('all > one thing'), ran('all > one more'), ran('two')]

  test('all of them passed', () => {
    expect(judge([row], good)).toMatchObject({ held: [row], open: [] })
  })

  test.for([
    ['none ran', []],
    ['one was renamed', [...good.slice(0, 2), ran('zwei')]],
    ['one moved to another file', [...good.slice(0, 2), ran('two', true, 'b.test.ts')]],
    ['one of a table failed or was skipped', [...good, ran('all > one and last', false)]],
  ] as const)('%s: open', ([, outcomes]) => {
    const verdict = judge([row], outcomes)
    expect(verdict).toMatchObject({ held: [], open: [{ row }] })
    expect(inLines(verdict)[0]).toBe('1 rows: 0 held, 0 explained, 1 open')
    expect(inLines(verdict)[1]).toMatch(/^ {2}X-1 \(RFC 9700 2\.1\): a\.test\.ts/)
  })

  test('an explained row needs none; one that names none is open', () => {
    const { tests: _, ...bare } = row
    const explained = { ...bare, explained: 'For a reason.' }
    const empty = { ...bare, tests: {} }
    expect(judge([explained, empty], [])).toMatchObject({
      held: [],
      explained: [explained],
      open: [{ row: empty, why: 'no test is named' }],
    })
  })
})
