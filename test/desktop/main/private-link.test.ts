import { expect, test } from 'vitest'
import { findPrivateLink, PrivateLinks } from '../../../desktop/main/private-link.ts'

const LINK = 'dev.latchkey.app:/callback?code=c&state=s'
const never = new AbortController().signal
const judge = (link: string) =>
  link.includes('state=s') ? ({ kind: 'accepted' } as const) : ({ kind: 'foreign' } as const)

test.each<[string, readonly string[], string | undefined]>([
  ['at the end', ['latchkey', '.', LINK], LINK],
  ['before switches that the runtime moved', ['latchkey', LINK, '--allow-file-access'], LINK],
  [
    'in other letters, as systems may write it',
    ['x', LINK.replace('dev', 'DEV')],
    LINK.replace('dev', 'DEV'),
  ],
  ['none', ['latchkey', '.', 'https://site.test/callback?code=c'], undefined],
  ['two of them', ['latchkey', LINK, LINK.replace('c&', 'd&')], undefined],
  ['hidden in a switch', ['latchkey', `--open=${LINK}`], undefined],
  ['another kind that begins the same', ['latchkey', 'dev.latchkey.apps:/callback'], undefined],
  ['one that is endless', ['latchkey', `${LINK}${'x'.repeat(5_000)}`], undefined],
])('among arguments: %s', (_, args, expected) => {
  expect(findPrivateLink(args)).toBe(expected)
})

test('waits for its own answer; strangers change nothing; afterwards nobody waits', async () => {
  const links = new PrivateLinks()
  const way = await links.prepare()
  expect(way.redirectUri).toBe('dev.latchkey.app:/callback')
  expect(links.deliver(LINK)).toBe(false)
  const came = way.open('http://site.test/signin', judge, never)
  expect(links.deliver('dev.latchkey.app:/callback?code=forged&state=x')).toBe(true)
  expect(links.deliver(LINK)).toBe(true)
  expect(await came).toBe(LINK)
  expect(links.deliver(LINK)).toBe(false)
})

test('given up, or nobody came', async () => {
  const abort = new AbortController()
  const given = (await new PrivateLinks().prepare()).open('x', judge, abort.signal)
  abort.abort()
  await expect(given).rejects.toThrow(/abort/i)
  const late = (await new PrivateLinks(5).prepare()).open('x', judge, never)
  await expect(late).rejects.toThrow('Nobody came back')
})

test('only its own way back is had again', async () => {
  const links = new PrivateLinks()
  expect(await links.again('http://127.0.0.1:5000/callback')).toBeUndefined()
  expect((await links.again('dev.latchkey.app:/callback'))?.redirectUri).toBe(
    'dev.latchkey.app:/callback',
  )
})
