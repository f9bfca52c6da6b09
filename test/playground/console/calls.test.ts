import { expect, test } from 'vitest'
import { CALLS } from '../../../playground/console/calls.ts'
import type { House } from '../../../playground/house.ts'

const ask = (name: string, path: Record<string, string>) =>
  CALLS.find((call) => call.name === name)?.answerTo({} as House, {
    path,
    query: new URLSearchParams(),
    body: undefined,
  })

test.each([
  ['turnParty', { party: 'moon' }, 'It is one of "provider", "site", "service".'],
  ['setFault', { fault: 'rain' }, '"lose_answer"'],
  ['playStory', { name: 'cinderella' }, '"theft"'],
])(
  '%s by a name that there is not: the answer tells those that there are',
  async (name, path, words) => {
    await expect(ask(name, path)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(words),
    })
  },
)
