import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CHROMIUM_ID, GECKO_ID } from '../../extension/identity.ts'
import { MESSAGES } from '../../extension/messages.ts'

/** What somebody got who asked for something that is not theirs: one line for each attempt. */
export type Attempts = Readonly<Record<string, string>>

/**
 * Writes another extension, which sends each of our messages to us by both ways that extensions have, and
 * tells `reportTo` what it got.
 */
export function writeForeigner(folder: string, reportTo: string): void {
  mkdirSync(folder, { recursive: true })
  const manifest = {
    manifest_version: 3,
    name: 'Foreigner',
    version: '1.0.0',
    host_permissions: ['http://127.0.0.1/*'],
    background: { service_worker: 'background.js', scripts: ['background.js'] },
    browser_specific_settings: {
      gecko: { id: 'foreigner@example.test', data_collection_permissions: { required: ['none'] } },
    },
  }
  const names = JSON.stringify(Object.keys(MESSAGES))
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(
    path.join(folder, 'background.js'),
    `(${attempt})(${names}, ${JSON.stringify({ chromium: CHROMIUM_ID, firefox: GECKO_ID })}, ${JSON.stringify(reportTo)})`,
  )
}

interface Port {
  postMessage(message: unknown): void
  readonly onMessage: { addListener(listener: (message: unknown) => void): void }
  readonly onDisconnect: { addListener(listener: () => void): void }
}

interface Api {
  readonly runtime: {
    sendMessage(to: string, message: unknown): Promise<unknown>
    connect(to: string): Port
  }
}

/** Runs in the foreigner, as text: nothing from outside it may be used. */
async function attempt(
  names: readonly string[],
  ids: { readonly chromium: string; readonly firefox: string },
  reportTo: string,
): Promise<void> {
  const { browser, chrome } = globalThis as { browser?: Api; chrome?: Api }
  // Only Firefox knows its own name.
  const firefox = browser !== undefined && 'getBrowserInfo' in browser.runtime
  const { runtime } = browser ?? (chrome as Api)
  const us = firefox ? ids.firefox : ids.chromium
  const got: Record<string, string> = {}
  for (const name of names) {
    const message = { latchkey: name, with: { path: '/hello' } }
    got[`send ${name}`] = await runtime.sendMessage(us, message).then(
      (answer) => (answer === undefined ? 'nothing' : `answer ${JSON.stringify(answer)}`),
      () => 'refused',
    )
    got[`connect ${name}`] = await new Promise<string>((resolve) => {
      const port = runtime.connect(us)
      port.onMessage.addListener((answer) => resolve(`answer ${JSON.stringify(answer)}`))
      port.onDisconnect.addListener(() => resolve('refused'))
      try {
        port.postMessage(message)
      } catch {
        resolve('refused')
      }
    })
  }
  await fetch(reportTo, { method: 'POST', body: JSON.stringify(got) })
}
