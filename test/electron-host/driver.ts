import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import type * as Electron from 'electron'
import { _electron, type Browser, chromium, type Page } from 'playwright-core'
import type { HostEvent } from './control.ts'
import type { Runtime, RuntimeKind } from './runtime.ts'

export interface LaunchOptions {
  readonly runtime: Runtime
  /** The folder of the built app. */
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly args?: readonly string[]
}

/** A started app, the same on both runtimes. */
export interface RunningApp {
  readonly kind: RuntimeKind
  readonly pid: number
  /** What it wrote to its standard error. */
  readonly said: () => string
  /** Its first window, loaded. */
  window(): Promise<Page>
  /** All windows that are open, once one was asked for. */
  windows(): readonly Page[]
  /** Runs a function in the main process. It is sent as text: it sees nothing of the test. */
  evaluate<Argument, Result>(
    run: (electron: typeof Electron, argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>
  /** The notifications that it showed. */
  notices(): Promise<readonly { readonly title: string; readonly body: string }[]>
  /** Asks it to end, and waits until it has. */
  close(): Promise<void>
  /** SIGKILL, now. */
  kill(): Promise<void>
}

const PATIENCE = 15_000

/** Starts an app and connects to it. */
export async function launch(options: LaunchOptions): Promise<RunningApp> {
  const app = await (options.runtime.kind === 'electron' ? onElectron(options) : onHost(options))
  await app.evaluate(keepNotices, undefined)
  return app
}

/** Runs in the app. A desktop shows notifications and doesn't tell. */
function keepNotices({ Notification }: typeof Electron): void {
  const kept: { title: string; body: string }[] = []
  Object.assign(globalThis, { keptNotices: kept })
  const { show } = Notification.prototype
  Notification.prototype.show = function () {
    kept.push({ title: this.title, body: this.body })
    show.call(this)
  }
}

const readNotices = (): { title: string; body: string }[] =>
  (globalThis as unknown as { keptNotices: { title: string; body: string }[] }).keptNotices

/** Starts the app once more, as the system does for a link. @returns its exit code */
export function startAgain(options: LaunchOptions): Promise<number | null> {
  const { runtime, folder, environment, args = [] } = options
  const child = spawn(runtime.command, [...runtime.before, folder, ...args], {
    env: clean(environment),
    stdio: 'ignore',
  })
  return new Promise((resolve) => child.once('exit', resolve))
}

const clean = (environment: LaunchOptions['environment']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )

async function onElectron(options: LaunchOptions): Promise<RunningApp> {
  const { runtime, folder, environment, args = [] } = options
  const app = await _electron.launch({
    executablePath: runtime.command,
    args: [...runtime.before, folder, ...args],
    env: clean(environment),
  })
  const child = app.process()
  const said = collect(child)
  return {
    kind: 'electron',
    pid: child.pid ?? 0,
    said,
    window: () => app.firstWindow(),
    windows: () => app.windows(),
    evaluate: (run, argument) => app.evaluate(run as never, argument) as never,
    notices: () => app.evaluate(readNotices),
    close: () => app.close(),
    kill: () => killed(child),
  }
}

function collect(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.on('data', (chunk) => {
    text += chunk
  })
  return () => text
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGKILL')
  return gone
}

async function onHost(options: LaunchOptions): Promise<RunningApp> {
  const { runtime, folder, environment, args = [] } = options
  const child = spawn(runtime.command, [...runtime.before, folder, ...args], {
    env: clean(environment),
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  const app = new HostedApp(child)
  return app
}

type WindowEvent = Extract<HostEvent, { event: 'window' }>

/** An app on the host: its windows are pages of Chromium processes that the host started. */
class HostedApp implements RunningApp {
  readonly kind = 'host'
  readonly said: () => string
  readonly #child: ChildProcess
  readonly #browsers = new Map<string, Promise<Browser>>()
  readonly #pages: Page[] = []
  /** Windows that nobody has asked to see yet. */
  #unseen: WindowEvent[] | undefined = []
  readonly #arrivals = new Set<() => void>()
  readonly #questions = new Map<
    number,
    { resolve(value: never): void; reject(error: Error): void }
  >()
  #number = 0

  constructor(child: ChildProcess) {
    this.#child = child
    this.said = collect(child)
    child.on('message', (event: HostEvent) => this.#heard(event))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  windows(): readonly Page[] {
    return this.#pages
  }

  async window(): Promise<Page> {
    this.#look()
    const [first] = this.#pages
    if (first) return first
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`No window opened. The app said: ${this.said()}`)),
        PATIENCE,
      )
      this.#arrivals.add(() => {
        clearTimeout(late)
        resolve()
      })
    })
    return this.window()
  }

  evaluate<Argument, Result>(
    run: (electron: typeof Electron, argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result> {
    const number = ++this.#number
    return new Promise((resolve, reject) => {
      this.#questions.set(number, { resolve, reject })
      this.#child.send({ number, source: run.toString(), argument }, () => {})
    })
  }

  notices(): Promise<readonly { title: string; body: string }[]> {
    return this.evaluate(readNotices, undefined)
  }

  async close(): Promise<void> {
    await this.#leave()
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.disconnect()
    await gone
  }

  async kill(): Promise<void> {
    await this.#leave()
    await killed(this.#child)
  }

  async #leave(): Promise<void> {
    for (const browser of this.#browsers.values()) await (await browser).close().catch(() => {})
  }

  #heard(event: HostEvent): void {
    if (event.event === 'answer') {
      const question = this.#questions.get(event.number)
      this.#questions.delete(event.number)
      if (event.failure === undefined) question?.resolve(event.value as never)
      else question?.reject(new Error(event.failure))
    } else if (this.#unseen) this.#unseen.push(event)
    else this.#connect(event)
  }

  /** From now on Playwright looks at the windows: a second debugger, and so only where a test wants it. */
  #look(): void {
    const unseen = this.#unseen ?? []
    this.#unseen = undefined
    for (const event of unseen) this.#connect(event)
  }

  #connect({ endpoint, target }: WindowEvent): void {
    this.#opened(endpoint, target).catch(() => {
      // It was closed before it was found; a window that a test waits for has a time limit.
    })
  }

  async #opened(endpoint: string, target: string): Promise<void> {
    const browser = this.#browsers.get(endpoint) ?? chromium.connectOverCDP(endpoint)
    this.#browsers.set(endpoint, browser)
    const [context] = (await browser).contexts()
    if (!context) return
    const page = await findPage(context, target)
    this.#pages.push(page)
    page.once('close', () => this.#pages.splice(this.#pages.indexOf(page), 1))
    page.setDefaultTimeout(PATIENCE)
    for (const arrived of this.#arrivals) arrived()
    this.#arrivals.clear()
  }
}

type Context = ReturnType<Browser['contexts']>[number]

/** Looked for again and again: pages come and go meanwhile. */
async function findPage(context: Context, target: string): Promise<Page> {
  const limit = performance.now() + PATIENCE
  while (performance.now() < limit) {
    for (const page of context.pages()) {
      if ((await targetOf(page).catch(() => undefined)) === target) return page
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('The window was closed before it was found.')
}

async function targetOf(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page)
  const { targetInfo } = await session.send('Target.getTargetInfo')
  await session.detach()
  return targetInfo.targetId
}

/** An environment of the app's own: nothing of the developer's is read or written. */
export const ownEnvironment = (folder: string): Record<string, string | undefined> => ({
  ...process.env,
  XDG_CONFIG_HOME: `${folder}/config`,
  DISPLAY: process.env.DISPLAY,
})
