import { expect, test } from 'vitest'
import { desktopApi } from '../../../desktop/ipc/call.ts'
import { COMMAND_NAMES, VIEW_CHANNEL } from '../../../desktop/ipc/channels.ts'
import {
  APP_ORIGIN,
  type CommandHandlers,
  isTrusted,
  type Sender,
  serveCommands,
} from '../../../desktop/ipc/serve.ts'
import type { View } from '../../../desktop/ipc/view.ts'

const OURS: Sender = { origin: APP_ORIGIN, isMainFrame: true, isAppWindow: true }

const VIEW: View = {
  now: 0,
  person: { at: 'signed_out' },
  about: { version: '0', runtime: 'test', site: 'http://site.test' },
}

/** Both ends, with nothing but a call between them. */
function both(change: Partial<Record<keyof CommandHandlers, () => unknown>> = {}, sender = OURS) {
  const asked: unknown[][] = []
  const logged: string[] = []
  const listeners = new Map<string, (message: unknown) => void>()
  const channels = new Map<string, (sender: Sender, args: readonly unknown[]) => Promise<unknown>>()
  const handlers = Object.fromEntries(
    COMMAND_NAMES.map((name) => [
      name,
      (...args: unknown[]) => {
        asked.push([name, ...args])
        return change[name] ? change[name]() : name === 'look' ? VIEW : undefined
      },
    ]),
  ) as unknown as CommandHandlers
  serveCommands(
    { handle: (channel, answer) => channels.set(channel, answer) },
    handlers,
    (_level, event) => logged.push(event),
  )
  const invoke = async (channel: string, args: readonly unknown[]) =>
    channels.get(channel)?.(sender, args)
  const api = desktopApi({
    invoke,
    listen: (channel, listener) => {
      listeners.set(channel, listener)
      return () => listeners.delete(channel)
    },
  })
  const push = (message: unknown) => listeners.get(VIEW_CHANNEL)?.(message)
  return { api, invoke, asked, logged, push }
}

test('a command goes through with its arguments, and its answer comes back', async () => {
  const { api, asked } = both()
  expect(await api.look()).toEqual(VIEW)
  await api.signIn('link')
  await api.endDevice('ses_1')
  expect(asked).toEqual([['look'], ['signIn', 'link'], ['endDevice', 'ses_1']])
})

test.each<[string, Partial<Sender>]>([
  ['another origin', { origin: 'https://evil.test' }],
  ['our own site', { origin: 'http://127.0.0.1:3000' }],
  ['a frame that is gone', { origin: undefined }],
  ['a frame inside our page', { isMainFrame: false }],
  ['another window', { isAppWindow: false }],
])('%s is refused whatever it asks, and the log says so', async (_, difference) => {
  const sender = { ...OURS, ...difference }
  expect(isTrusted(sender)).toBe(false)
  const { invoke, asked, logged } = both({}, sender)
  for (const name of COMMAND_NAMES) {
    await expect(invoke(`command:${name}`, [])).rejects.toThrow('Only the app’s own page')
  }
  expect(asked).toEqual([])
  expect(new Set(logged)).toEqual(new Set(['command_refused']))
})

test.each([
  ['signIn', []],
  ['signIn', ['by force']],
  ['signIn', ['link', 'and more']],
  ['look', [{}]],
  ['endDevice', ['../logins/enable']],
  ['endDevice', [7]],
  ['disableLogins', ['for ever']],
])(
  '%s with %j is refused at the main process’s end, whatever the page’s end let through',
  async (name, args) => {
    const { invoke, asked, logged } = both()
    await expect(invoke(`command:${name}`, args)).rejects.toThrow('not how to ask')
    expect(asked).toEqual([])
    expect(logged).toEqual(['command_malformed'])
  },
)

test('what goes wrong inside is not told to the page', async () => {
  const { api, logged } = both({
    signOut: () => {
      throw new TypeError('lkr_secret')
    },
  })
  await expect(api.signOut()).rejects.toThrow(/^This did not work\.$/)
  expect(logged).toEqual(['command_failed'])
})

test('an answer that is not what it should be never reaches the page', async () => {
  const { api } = both({ look: () => ({ ...VIEW, person: { at: 'nowhere' } }) })
  await expect(api.look()).rejects.toThrow('This did not work')
})

test('a view that carries more than a view arrives without it', async () => {
  const { api } = both({ look: () => ({ ...VIEW, refreshToken: 'lkr_secret' }) })
  expect(JSON.stringify(await api.look())).not.toContain('lkr_secret')
})

test('pushed views arrive until the page has heard enough; what is none is dropped', () => {
  const { api, push } = both()
  const heard: View[] = []
  const stop = api.onView((view) => heard.push(view))
  push(VIEW)
  push({ person: 'nobody' })
  stop()
  push(VIEW)
  expect(heard).toEqual([VIEW])
})
