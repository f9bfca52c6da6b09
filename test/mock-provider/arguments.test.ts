import { expect, test } from 'vitest'
import { readArguments, USAGE } from '../../mock-provider/arguments.ts'

test.each([
  [[], { command: { name: 'serve' }, https: false }],
  [['--https'], { command: { name: 'serve' }, https: true }],
  [['print-env'], { command: { name: 'print-env' }, https: false }],
  [
    ['doctor'],
    {
      command: { name: 'doctor', authority: undefined, knownAuthorities: undefined },
      https: false,
    },
  ],
  [
    ['doctor', 'https://localhost:4443/t/p', '--known-authorities', 'localhost:4443,login.test'],
    {
      command: {
        name: 'doctor',
        authority: 'https://localhost:4443/t/p',
        knownAuthorities: ['localhost:4443', 'login.test'],
      },
      https: false,
    },
  ],
])('%j', (words, expected) => {
  expect(readArguments(words)).toEqual(expected)
})

test.each([
  [['serve']],
  [['doctor', 'localhost']],
  [['doctor', 'https://localhost', 'more']],
  [['print-env', 'https://localhost']],
  [['print-env', '--known-authorities', 'localhost']],
  [['--http']],
])('%j is answered with what there is', (words) => {
  expect(() => readArguments(words)).toThrow(USAGE)
})
