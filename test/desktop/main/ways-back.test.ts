import { expect, test } from 'vitest'
import type { BrowserLauncher } from '../../../client/ports.ts'
import { WaysBack } from '../../../desktop/main/ways-back.ts'

const URL_OF_IT = 'http://site.test/signin?state=s'
const accept = () => ({ kind: 'accepted' }) as const

/** A way back whose person comes when the test says so. */
function way(redirectUri: string) {
  let come: (link: string) => void = () => {}
  let stayAway: () => void = () => {}
  const back = {
    redirectUri,
    open: () =>
      new Promise<string>((resolve, reject) => {
        come = resolve
        stayAway = () => reject(new Error('Nobody came back.'))
      }),
    close: async () => {},
  }
  const launcher: BrowserLauncher = {
    prepare: async () => back,
    again: async (wanted) => (wanted === redirectUri ? back : undefined),
  }
  return { launcher, come: (link: string) => come(link), stayAway: () => stayAway() }
}

function house(options: { opens?: boolean; port?: boolean } = {}) {
  const { opens = true, port = true } = options
  const clipboard = { text: '', looks: 0 }
  const opened: string[] = []
  const copied: string[] = []
  const said: string[] = []
  const loopback = way('http://127.0.0.1:5000/callback')
  const link = way('dev.latchkey.app:/callback')
  const noPort: BrowserLauncher = { prepare: () => Promise.reject(new Error('EACCES')) }
  const ways: WaysBack = new WaysBack(
    { loopback: port ? loopback.launcher : noPort, link: link.launcher },
    {
      async openInBrowser(url) {
        if (!opens) throw new Error('no browser')
        opened.push(url)
      },
      async copyText(text) {
        clipboard.text = text
        if (text !== '') copied.push(text)
      },
      async copiedText() {
        clipboard.looks++
        return clipboard.text
      },
    },
    () => said.push(Object.values(ways.waiting).join(' ')),
  )
  return { ways, opened, copied, clipboard, said, loopback, link }
}

const { signal } = new AbortController()
const settled = () => new Promise((resolve) => setTimeout(resolve))

test('by loopback: opened once, again and copied at will, forgotten afterwards', async () => {
  const { ways, opened, copied, said, loopback } = house()
  ways.prefer('loopback')
  const back = await ways.prepare()
  const came = back.open(URL_OF_IT, accept, signal)
  await settled()
  await ways.openAgain()
  await ways.copyLink()
  loopback.come('http://127.0.0.1:5000/callback?code=c')
  expect(await came).toBe('http://127.0.0.1:5000/callback?code=c')
  await ways.openAgain()
  await ways.copyLink()
  expect(opened).toEqual([URL_OF_IT, URL_OF_IT])
  expect(copied).toEqual([URL_OF_IT])
  expect(said[0]).toBe('preparing loopback not_opened')
  expect(said.at(1)).toBe('in_browser loopback opened')
  expect(said.at(-1)).toBe('finishing loopback opened')
})

test('by link, as the person wished', async () => {
  const { ways } = house()
  ways.prefer('link')
  expect((await ways.prepare()).redirectUri).toBe('dev.latchkey.app:/callback')
})

test('no port can be had: the link needs none', async () => {
  const { ways } = house({ port: false })
  ways.prefer('loopback')
  expect((await ways.prepare()).redirectUri).toBe('dev.latchkey.app:/callback')
})

test('no browser opens: said, and still waiting, for the link can be copied', async () => {
  const { ways, copied, loopback } = house({ opens: false })
  const came = (await ways.prepare()).open(URL_OF_IT, accept, signal)
  await settled()
  expect(ways.waiting).toMatchObject({ step: 'in_browser', browser: 'not_opened' })
  await ways.copyLink()
  expect(copied).toEqual([URL_OF_IT])
  loopback.come('x')
  await came
})

test('after a restart: the same way, and no browser opens by itself', async () => {
  const { ways, opened, loopback } = house()
  expect(await ways.again('http://127.0.0.1:1/callback')).toBeUndefined()
  const back = await ways.again('http://127.0.0.1:5000/callback')
  const came = back?.open(URL_OF_IT, accept, signal)
  await settled()
  expect(ways.waiting).toEqual({ step: 'in_browser', way: 'loopback', browser: 'earlier' })
  expect(opened).toEqual([])
  loopback.come('x')
  await came
})

test.each([
  ['somebody came back', 'come'],
  ['nobody came in time, or it was cancelled', 'stayAway'],
] as const)('%s: the copied link has left the clipboard', async (_, how) => {
  const { ways, clipboard, loopback } = house()
  const ended = (await ways.prepare()).open(URL_OF_IT, accept, signal).catch(() => {})
  await settled()
  await ways.copyLink()
  expect(clipboard.text).toBe(URL_OF_IT)
  loopback[how]('x')
  await ended
  await settled()
  expect(clipboard.text).toBe('')
})

test('what was copied since stays, and a clipboard that was not used is not looked into', async () => {
  const { ways, clipboard, loopback } = house()
  for (const copies of [true, false]) {
    const came = (await ways.prepare()).open(URL_OF_IT, accept, signal)
    await settled()
    if (copies) await ways.copyLink()
    clipboard.text = 'a shopping list'
    loopback.come('x')
    await came
    await settled()
    expect(clipboard).toEqual({ text: 'a shopping list', looks: 1 })
  }
})

test('copied at the very moment when it ends: gone all the same', async () => {
  const { ways, clipboard, loopback } = house()
  const came = (await ways.prepare()).open(URL_OF_IT, accept, signal)
  await settled()
  loopback.come('x')
  void ways.copyLink()
  await came
  await settled()
  expect(clipboard.text).toBe('')
})
