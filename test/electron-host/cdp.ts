import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Protocol } from '../../node_modules/playwright-core/types/protocol.d.ts'

export type { Protocol }

type Commands = Protocol.CommandParameters
type Answers = Protocol.CommandReturnValues
type Events = Protocol.Events

/** What the pipe brings: Chromium's own messages, which nobody here needs to doubt. */
type Json = ReturnType<typeof JSON.parse>

/** Where a window is to be; Chromium's own place where nothing is said. */
export interface Frame {
  readonly left?: number
  readonly top?: number
  readonly width?: number
  readonly height?: number
}

/** A hidden page would be tidier, but doesn't keep the cookies. */
const MINIMIZED = { newWindow: true, windowState: 'minimized', focus: false } as const

interface NewPage {
  readonly id: string
  readonly cdp: CdpSession
}

/** One debugging session: of the whole browser, or of one of its pages. */
export class CdpSession {
  readonly #call: (method: string, params: object | undefined) => Promise<Json>
  readonly #listeners = new Map<string, Set<(payload: Json) => void>>()

  constructor(call: (method: string, params: object | undefined) => Promise<Json>) {
    this.#call = call
  }

  send<M extends keyof Commands>(method: M, params?: Commands[M]): Promise<Answers[M]> {
    return this.#call(method, params)
  }

  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
  }

  /** For the process that reads the pipe. */
  emit(event: string, payload: Json): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload)
  }
}

/** What every Chromium of the host is started with: no errand of its own, and a display only on demand. */
const SWITCHES = [
  ...(process.env.ELECTRON_HOST_HEADED ? [] : ['--headless=new', '--disable-gpu']),
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--password-store=basic',
  // Electron has no such blocker: each window that a page opens is asked about.
  '--disable-popup-blocking',
  '--no-startup-window',
  '--remote-debugging-pipe',
  '--remote-debugging-port=0',
]

/**
 * One real Chromium process: the storage of one Electron session. Spoken to by the DevTools protocol
 * over a pipe (NUL-delimited JSON); it opens a port as well, for the test that looks at the windows.
 */
export class Chromium {
  readonly root: CdpSession
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #sessions = new Map<string, CdpSession>()
  readonly #pages = new Map<string, (session: CdpSession) => void>()
  readonly #attached = new Map<string, CdpSession>()
  readonly #waiting = new Map<number, { resolve(answer: Json): void; reject(error: Error): void }>()
  #keeper: Promise<unknown> | undefined
  #number = 0

  static async launch(folder: string): Promise<Chromium> {
    mkdirSync(folder, { recursive: true })
    rmSync(join(folder, 'DevToolsActivePort'), { force: true })
    const chromium = new Chromium(folder)
    await chromium.root.send('Target.setAutoAttach', {
      autoAttach: true,
      // A page that opened by itself stands still until the app has decided about it.
      waitForDebuggerOnStart: true,
      flatten: true,
    })
    await chromium.root.send('Target.setDiscoverTargets', { discover: true })
    return chromium
  }

  private constructor(folder: string) {
    this.#folder = folder
    this.root = new CdpSession((method, params) => this.#send(method, params))
    this.#process = spawn(
      process.env.CHROMIUM ?? '/usr/bin/chromium',
      [...SWITCHES, `--user-data-dir=${folder}`],
      // In a group of its own: Ctrl-C in a terminal is the app's to hear, which ends this one in order.
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], detached: true },
    )
    this.#process.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Chromium ended.'))
      this.#waiting.clear()
    })
    const from = this.#process.stdio[4] as Readable
    let rest = ''
    from.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0')
      rest = messages.pop() ?? ''
      for (const message of messages) this.#heard(JSON.parse(message))
    })
    // A write to a Chromium that is going away is told by its end.
    this.#to.on('error', () => {})
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Where another debugger can connect. */
  endpoint(): string {
    const [port] = readFileSync(join(this.#folder, 'DevToolsActivePort'), 'utf8').split('\n')
    return `http://127.0.0.1:${port}`
  }

  /** A new page, which has not run anything yet, in a window of its own. */
  newPage(frame: Frame = {}): Promise<NewPage> {
    return this.#create({ newWindow: true, ...frame })
  }

  async #create(how: Omit<Commands['Target.createTarget'], 'url'>): Promise<NewPage> {
    const { targetId } = await this.root.send('Target.createTarget', { url: 'about:blank', ...how })
    const cdp =
      this.#attached.get(targetId) ??
      (await new Promise<CdpSession>((resolve) => this.#pages.set(targetId, resolve)))
    return { id: targetId, cdp }
  }

  /** Keeps the profile open without a window of the app's; its session cookies would go with the last one. */
  keepOpen(): Promise<unknown> {
    this.#keeper ??= this.#create(MINIMIZED).then(({ cdp }) =>
      cdp.send('Runtime.runIfWaitingForDebugger'),
    )
    return this.#keeper
  }

  /** The session of a page that opened by itself. */
  attached(targetId: string): CdpSession | undefined {
    return this.#attached.get(targetId)
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const gone = new Promise((resolve) => this.#process.once('exit', resolve))
    this.root.send('Browser.close').catch(() => {})
    const force = setTimeout(() => this.#process.kill('SIGKILL'), 5_000)
    await gone
    clearTimeout(force)
  }

  get #to(): Writable {
    return this.#process.stdio[3] as Writable
  }

  #send(method: string, params: object | undefined, sessionId?: string): Promise<Json> {
    const id = ++this.#number
    return new Promise((resolve, reject) => {
      if (this.#process.exitCode !== null) return reject(new Error('Chromium ended.'))
      this.#waiting.set(id, {
        resolve,
        reject: (error) => reject(new Error(`${method}: ${error.message}`)),
      })
      this.#to.write(`${JSON.stringify({ id, method, params: params ?? {}, sessionId })}\0`)
    })
  }

  #heard(message: Json): void {
    if (message.id !== undefined) {
      const waiting = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (message.error) waiting?.reject(new Error(message.error.message))
      else waiting?.resolve(message.result)
      return
    }
    if (message.method === 'Target.attachedToTarget') this.#attach(message.params)
    const session =
      message.sessionId === undefined ? this.root : this.#sessions.get(message.sessionId)
    session?.emit(message.method, message.params)
    if (message.method === 'Target.detachedFromTarget') {
      this.#sessions.delete(message.params.sessionId)
    }
  }

  #attach({ sessionId, targetInfo }: Events['Target.attachedToTarget']): void {
    const session = new CdpSession((method, params) => this.#send(method, params, sessionId))
    this.#sessions.set(sessionId, session)
    this.#attached.set(targetInfo.targetId, session)
    this.#pages.get(targetInfo.targetId)?.(session)
  }
}
