import * as v from 'valibot'
import { SystemClock } from '../../clock/clock.ts'
import { MINUTE } from '../../clock/moment.ts'
import {
  type Answers,
  type Asks,
  Envelope,
  isMessageName,
  MESSAGES,
  type MessageName,
} from '../messages.ts'
import { browser, type Runtime } from '../platform.ts'
import { mark } from './announce.ts'
import { Installation } from './installation.ts'
import { readConfiguration } from './kept-configuration.ts'
import { allowedPages, allowPage, disallowPage, restorePages } from './pages.ts'
import { maySend } from './senders.ts'

/*
 * The background. The browser ends it whenever it likes and starts it for the next event, so every listener
 * is registered here, at once, before anything is awaited; and nothing is kept in a variable that the next
 * life would miss.
 */

const installation = new Installation(new SystemClock(), () => {})

/** Wakes us up to draw, and for nothing else: an alarm is no use of a session. */
const DRAW = 'draw'
const DRAW_EVERY = 30 * MINUTE

const HANDLERS: {
  readonly [M in MessageName]: (asks: Asks<M>) => Promise<Answers<M>>
} = {
  view: () => installation.view(),
  sign_in: () => installation.signIn(),
  sign_out: () => installation.signOut(),
  try_again: () => installation.tryAgain(),
  switch_account: ({ id }) => installation.wish((others) => others.switchAccount(id)),
  end_device: ({ id }) => installation.wish((others) => others.endDevice(id)),
  end_others: () => installation.wish((others) => others.endOthers()),
  disable_logins: ({ mode }) => installation.wish((others) => others.disableLogins(mode)),
  call_service: ({ path }) => installation.callService(path),
  page_request: ({ path }) => installation.callService(path),
  configuration: () => readConfiguration(),
  configure: async (configuration) => {
    await installation.configure(configuration)
    return { ok: true }
  },
  forget_device: () => installation.forgetDevice(),
  purge: () => installation.purge(),
  pages: async () => [...(await allowedPages())],
  allow_page: async ({ page }) => [...(await allowPage(page))],
  disallow_page: async ({ page }) => [...(await disallowPage(page))],
}

async function handle<M extends MessageName>(name: M, given: unknown): Promise<Answers<M>> {
  const asks = v.parse(MESSAGES[name].asks, given) as Asks<M>
  return HANDLERS[name](asks)
}

browser.runtime.onMessage.addListener(async (message: unknown, sender: Runtime.MessageSender) => {
  const envelope = v.safeParse(Envelope, message)
  if (!envelope.success || !isMessageName(envelope.output.latchkey)) {
    throw new Error('This message is not known here.')
  }
  const { latchkey: name, with: asks } = envelope.output
  const house = {
    id: browser.runtime.id,
    origin: browser.runtime.getURL('').replace(/\/$/, ''),
    allowedPages: name === 'page_request' ? await allowedPages() : [],
  }
  if (!maySend(name, sender, house)) throw new Error('This sender may not send this message.')
  return handle(name, asks)
})

const wake = async () => {
  await browser.alarms.create(DRAW, { periodInMinutes: DRAW_EVERY / MINUTE })
  await restorePages()
  await mark(await installation.glance())
}

browser.runtime.onInstalled.addListener(wake)
// Alarms don't survive the browser's restart, whatever they say of themselves (docs/extension.md).
browser.runtime.onStartup.addListener(wake)
browser.alarms.onAlarm.addListener(async () => mark(await installation.glance()))
