import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonPlaces } from '../../mock-provider/json-places.ts'

const text = `{
  "people": [
    { "oid": "a" },
    {
      "oid": "b\\n{",
      "names": ["x",
        -1.5e3]
    }
  ],
  "people ": null
}
`

test.each([
  [['people'], 2],
  [['people', 0, 'oid'], 3],
  [['people', 1], 4],
  [['people', 1, 'oid'], 5],
  [['people', 1, 'names', 1], 7],
  [['people '], 10],
] as const)('%j stands on line %i', (path, line) => {
  const places = jsonPlaces(text)
  expect('lineOf' in places && places.lineOf(path)).toBe(line)
})

test.each([
  [['people', 1, 'email'], 4],
  [['applications'], 1],
  [['people', 7, 'oid'], 2],
] as const)('%j is missing in what stands on line %i', (path, line) => {
  const places = jsonPlaces(text)
  expect('lineOf' in places && places.lineOf(path)).toBe(line)
})

test.each([
  ['nothing', '', 1],
  ['a comma too many', '{\n"a": 1,\n}', 3],
  ['no end', '{\n"a": [1,\n2', 3],
  ['a line within a text', '{\n"a": "b\n"}', 2],
  ['more behind it', '{}\n{}', 2],
  ['a number that is none', '[\n01]', 2],
])('%s is no JSON', (_, wrong, line) => {
  expect(jsonPlaces(wrong)).toEqual({ wrongLine: line })
})

test('what JSON.parse reads is read, and nothing else', () => {
  const parses = (candidate: string) => {
    try {
      JSON.parse(candidate)
      return true
    } catch {
      return false
    }
  }
  const cut = fc.tuple(fc.json(), fc.nat(40), fc.string({ maxLength: 2 }))
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string(), cut), (candidate) => {
      const given =
        typeof candidate === 'string'
          ? candidate
          : candidate[0].slice(0, candidate[1]) + candidate[2] + candidate[0].slice(candidate[1])
      expect('lineOf' in jsonPlaces(given)).toBe(parses(given))
    }),
    { seed: 7, numRuns: 2000 },
  )
})
