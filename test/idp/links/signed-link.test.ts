import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY, SECOND } from '../../../clock/moment.ts'
import { openLinkKey } from '../../../idp/links/link-key.ts'
import { SignedLinks } from '../../../idp/links/signed-link.ts'
import { temporaryFolder } from '../store/folder.ts'
import { T0 } from '../store/records.ts'

const links = new SignedLinks(Buffer.alloc(32, 1))
const link = { purpose: 'invitation', subject: 'inv_1', expiresAt: T0 + 7 * DAY } as const
const signed = links.sign(link)

describe('a link', () => {
  test('is good until its last moment, and known as ours afterwards', () => {
    expect(links.open('invitation', signed, T0)).toEqual({ kind: 'good', link })
    expect(links.open('invitation', signed, link.expiresAt - 1).kind).toBe('good')
    expect(links.open('invitation', signed, link.expiresAt)).toEqual({ kind: 'expired', link })
  })

  test('opens nothing but what it was made for, and only under the key it was made with', () => {
    expect(links.open('plan', signed, T0).kind).toBe('forged')
    const others = new SignedLinks(Buffer.alloc(32, 2))
    expect(others.open('invitation', signed, T0).kind).toBe('forged')
  })

  test('is always the same, so that a mail sent twice is one mail', () => {
    expect(links.sign(link)).toBe(signed)
    expect(links.sign({ ...link, expiresAt: link.expiresAt + SECOND - 1 })).toBe(signed)
  })

  test('needs no escape in an address', () => {
    expect(encodeURIComponent(signed)).toBe(signed)
  })

  test.each([
    '',
    '.',
    'inv_1',
    `${signed}.`,
    signed.slice(1),
    'inv_1.99999999999.x',
    signed.repeat(9),
  ])('that was tampered with is forged, and never “expired”: %s', (other) => {
    expect(links.open('invitation', other, T0 + 99 * DAY).kind).toBe('forged')
  })

  test('with any one character changed is forged', () => {
    fc.assert(
      fc.property(
        fc.nat(signed.length - 1),
        fc.constantFrom(...'abcXYZ019._-~%'),
        (at, character) => {
          fc.pre(signed[at] !== character)
          const other = signed.slice(0, at) + character + signed.slice(at + 1)
          return links.open('invitation', other, T0).kind === 'forged'
        },
      ),
    )
  })
})

describe('the key', () => {
  test('is made at the first start, for the owner’s eyes alone, and found at the second', async () => {
    const folder = await temporaryFolder()
    const first = (await openLinkKey(folder)).sign(link)
    expect((await openLinkKey(folder)).sign(link)).toBe(first)
    expect((await stat(path.join(folder, 'links.key'))).mode & 0o777).toBe(0o600)
  })

  test.each(['', 'short', 'x'.repeat(44)])(
    'that can’t be read is named, with what to do, and left as it is: %s',
    async (content) => {
      const folder = await temporaryFolder()
      const file = path.join(folder, 'links.key')
      await writeFile(file, content)
      await expect(openLinkKey(folder)).rejects.toThrow('Put the file back from a backup')
      expect(await readFile(file, 'utf8')).toBe(content)
    },
  )
})
