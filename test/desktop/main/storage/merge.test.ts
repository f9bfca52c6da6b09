import { expect, test } from 'vitest'
import { decodeHeld, encodeHeld, type Held } from '../../../../client/held.ts'
import { merge } from '../../../../desktop/main/storage/merge.ts'

const session = (id: string) => ({ id, refreshToken: `lkr_${id}` })
const held = (parts: Partial<Held>): string => encodeHeld({ version: 1, ...parts })

test('somebody signed in meanwhile: they are who is signed in, and the site hears of the other end', () => {
  const merged = merge(held({ session: session('before') }), held({ session: session('now') }))
  expect(decodeHeld(merged ?? '')).toMatchObject({
    session: { id: 'now' },
    revocations: ['lkr_before'],
  })
})

test.each<[string, string | undefined, string | undefined, string | undefined]>([
  ['nothing anywhere', undefined, undefined, undefined],
  [
    'only in the vault',
    held({ session: session('a') }),
    undefined,
    held({ session: session('a') }),
  ],
  ['only in memory', undefined, held({ session: session('a') }), held({ session: session('a') })],
  ['nobody in memory', held({ session: session('a') }), held({}), held({ session: session('a') })],
  [
    'an entry that is damaged',
    'x',
    held({ session: session('a') }),
    held({ session: session('a') }),
  ],
  [
    'the same session',
    held({ session: session('a') }),
    held({ session: session('a') }),
    held({ session: session('a') }),
  ],
])('merging: %s', (_, stored, memory, expected) => {
  expect(merge(stored, memory)).toBe(expected)
})
