import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { mentions } from '../../standards/titles.ts'
import { parityPage } from './page.ts'
import { PARITY } from './rows.ts'

const rows = Object.values(PARITY).flat()

test('docs/provider-parity.md says what the table says (vitest -u writes it)', async () => {
  await expect(parityPage(PARITY)).toMatchFileSnapshot('../../../docs/provider-parity.md')
})

test('each behaviour is there once, with a source', () => {
  const all = rows.map(({ behaviour }) => behaviour)
  expect(all).toEqual([...new Set(all)])
  expect(rows.filter(({ sources }) => sources.length === 0)).toEqual([])
})

test('what is known from nowhere but general knowledge is imitated of nobody', () => {
  const bare = rows.filter(({ sources }) => sources.every((source) => source === 'nowhere'))
  expect(bare.filter(({ here }) => here === 'imitated')).toEqual([])
})

describe('the tests of each row are there', () => {
  test.for(rows.flatMap((row) => ('tests' in row ? [[row.behaviour, row.tests] as const] : [])))(
    '%s',
    ([, tests]) => {
      const names = Object.entries(tests).flatMap(([file, all]) => all.map((name) => [file, name]))
      expect(names.length).toBeGreaterThan(0)
      const gone = names.filter(([file = '', name = '']) => !mentions(source(file), name))
      expect(gone, 'A test of that name is not there: was it renamed? Say so in the row.').toEqual(
        [],
      )
    },
  )
})

function source(file: string): string {
  const url = new URL(`../../${file}`, import.meta.url)
  return existsSync(url) ? readFileSync(url, 'utf8') : ''
}
