import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { CdpSession, Chromium, Frame, Protocol } from './cdp.ts'
import { tell } from './control.ts'
import { HostedEvent } from './event.ts'
import type { IpcMain } from './ipc-main.ts'
import { fromWeb, HANDLED, originOf, type Schemes } from './protocol.ts'
import type { Session } from './session.ts'
import { strictClass } from './strict.ts'
import { makeWire } from './wire.ts'
import { type FromPage, isolatedWorldSource, mainWorldSource } from './worlds.ts'

/** The name that Electron itself gives to the world of a preload. */
const WORLD = 'Electron Isolated Context'

const wire = makeWire()

export interface Around {
  readonly ipcMain: IpcMain
  readonly schemes: Schemes
  readonly created: (contents: WebContents) => void
}

type Opening = { readonly action: 'deny' | 'allow' }

class NavigationEvent extends HostedEvent {
  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
  }
}

/** A page: a real one, in a real Chromium. */
export class WebContents extends EventEmitter {
  readonly session: Session
  readonly #around: Around
  readonly #preload: string | undefined
  readonly #deliver = `deliver_${randomUUID().replaceAll('-', '')}`
  readonly #opened: string[] = []
  readonly #ready: Promise<CdpSession>
  #page = ''
  #frame = ''
  #context: number | undefined
  #address = ''
  #loading: string | undefined
  #navigation = ''
  #destroyed = false
  #openHandler: ((details: { url: string }) => Opening) | undefined

  constructor(session: Session, preload: string | undefined, frame: Frame, around: Around) {
    super()
    this.session = session
    this.#around = around
    this.#preload = preload === undefined ? undefined : readFileSync(preload, 'utf8')
    this.#ready = this.#open(frame)
  }

  async loadURL(url: string): Promise<void> {
    const cdp = await this.#ready
    const web = this.#around.schemes.toWeb(url)
    this.#loading = web
    const loaded = new Promise<void>((resolve) => this.once('did-finish-load', () => resolve()))
    const { errorText } = await cdp.send('Page.navigate', { url: web })
    this.#loading = undefined
    if (errorText) throw new Error(`${errorText.replace('net::', '')} loading '${url}'`)
    await loaded
  }

  send(channel: string, ...args: readonly unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed')
    void this.#say({ channel, value: wire.encode(args) }, this.#context)
  }

  setWindowOpenHandler(handler: (details: { url: string }) => Opening): void {
    this.#openHandler = handler
  }

  getURL(): string {
    return fromWeb(this.#address)
  }

  isDestroyed(): boolean {
    return this.#destroyed
  }

  async executeJavaScript(source: string): Promise<unknown> {
    const cdp = await this.#ready
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
      expression: source,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description)
    return result.value
  }

  /** For the host: its window comes to the front, where there is a display. */
  async reveal(): Promise<void> {
    const cdp = await this.#ready
    if (!this.#destroyed) await cdp.send('Page.bringToFront').catch(() => {})
  }

  /** For the host: its window closes. */
  async close(): Promise<void> {
    await this.#ready
    const chromium = await this.session.chromium()
    // An Electron session outlives its windows.
    await chromium.keepOpen()
    await chromium.root.send('Target.closeTarget', { targetId: this.#page }).catch(() => {})
  }

  async #open(frame: Frame): Promise<CdpSession> {
    const chromium = await this.session.chromium()
    const { id, cdp } = await chromium.newPage(frame)
    this.#page = id
    this.#listen(chromium, cdp)
    await Promise.all([cdp.send('Page.enable'), cdp.send('Runtime.enable')])
    const { frameTree } = await cdp.send('Page.getFrameTree')
    this.#frame = frameTree.frame.id
    await this.#preparePreload(cdp)
    await cdp.send('Fetch.enable', {
      patterns: [
        { urlPattern: '*', resourceType: 'Document', requestStage: 'Request' },
        { urlPattern: '*', resourceType: 'Document', requestStage: 'Response' },
        { urlPattern: HANDLED, requestStage: 'Request' },
      ],
    })
    await cdp.send('Runtime.runIfWaitingForDebugger')
    tell({ event: 'window', endpoint: chromium.endpoint(), target: id })
    this.#around.created(this)
    return cdp
  }

  async #preparePreload(cdp: CdpSession): Promise<void> {
    const secret = randomUUID()
    const binding = `post_${randomUUID().replaceAll('-', '')}`
    cdp.on('Runtime.bindingCalled', ({ name, executionContextId, payload }) => {
      if (name === binding) void this.#heard(executionContextId, JSON.parse(payload))
    })
    await cdp.send('Runtime.addBinding', { name: binding, executionContextName: WORLD })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldSource(secret) })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      source: isolatedWorldSource(secret, binding, this.#deliver, this.#preload),
      worldName: WORLD,
    })
  }

  #listen(chromium: Chromium, cdp: CdpSession): void {
    const { root } = chromium
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === WORLD && context.auxData?.frameId === this.#frame) {
        this.#context = context.id
      }
    })
    cdp.on('Runtime.executionContextsCleared', () => {
      this.#context = undefined
    })
    cdp.on('Page.frameStartedNavigating', ({ frameId, navigationType, url }) => {
      if (frameId !== this.#frame) return
      this.#navigation = navigationType
      // Other kinds of address make no request that could be held up: they are only told.
      if (!/^(https?|file|about|data|blob|chrome-error):/.test(url))
        this.#leaves('will-navigate', url)
    })
    cdp.on('Page.frameNavigated', ({ frame }) => {
      if (frame.id === this.#frame) this.#address = frame.url
      this.session.visited(originOf(frame.url))
    })
    cdp.on('Page.loadEventFired', () => {
      this.#tellTitle(cdp).catch(() => {
        // The page went away meanwhile.
      })
      this.emit('did-finish-load', new HostedEvent())
    })
    cdp.on('Page.windowOpen', ({ url }) => this.#opened.push(url))
    cdp.on('Fetch.requestPaused', (paused) => {
      this.#paused(cdp, paused).catch(() => {
        // The page went away meanwhile.
      })
    })
    root.on('Target.attachedToTarget', ({ targetInfo }) => {
      if (targetInfo.openerId === this.#page) void this.#popup(chromium, targetInfo)
    })
    root.on('Target.targetDestroyed', ({ targetId }) => {
      if (targetId === this.#page) this.#gone()
    })
  }

  /** As it is once the page is loaded; a script that changes it later is not heard. */
  async #tellTitle(cdp: CdpSession): Promise<void> {
    const expression = 'document.title'
    const { result } = await cdp.send('Runtime.evaluate', { expression, returnByValue: true })
    if (result.value) this.emit('page-title-updated', new HostedEvent(), result.value, true)
  }

  #gone(): void {
    if (this.#destroyed) return
    this.#destroyed = true
    this.emit('destroyed')
  }

  /** @returns whether the app said no */
  #leaves(name: 'will-navigate' | 'will-redirect', url: string): boolean {
    const event = new NavigationEvent(fromWeb(url))
    this.emit(name, event, event.url)
    return event.defaultPrevented
  }

  async #paused(cdp: CdpSession, paused: Protocol.Fetch.requestPausedPayload): Promise<void> {
    const { requestId, request, frameId, resourceType } = paused
    const main = frameId === this.#frame && resourceType === 'Document'
    const refuse = () => cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
    if (paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined) {
      const to = main ? redirectOf(paused) : undefined
      if (to !== undefined && this.#leaves('will-redirect', to)) await refuse()
      else await cdp.send('Fetch.continueResponse', { requestId })
      return
    }
    const byItself =
      this.#loading !== request.url &&
      paused.redirectedRequestId === undefined &&
      !/reload|history/i.test(this.#navigation)
    if (main && byItself && this.#leaves('will-navigate', request.url)) {
      await refuse()
      return
    }
    const answer = await this.#around.schemes.answer(request.url, request.method)
    if (!answer) {
      await cdp.send('Fetch.continueRequest', { requestId })
      return
    }
    await cdp.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: answer.status,
      responseHeaders: [...answer.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await answer.arrayBuffer()).toString('base64'),
    })
  }

  /** A page that opened by itself, still before its first request: the app decides. */
  async #popup(chromium: Chromium, info: Protocol.Target.TargetInfo): Promise<void> {
    const address = this.#opened.shift() ?? info.url
    const { action } = this.#openHandler?.({ url: fromWeb(address) }) ?? { action: 'allow' }
    const cdp = chromium.attached(info.targetId)
    // It may have gone away by itself meanwhile.
    if (cdp) await stopFirstRequest(cdp, address).catch(() => {})
    await chromium.root.send('Target.closeTarget', { targetId: info.targetId }).catch(() => {})
    if (action === 'allow') throw new Error('The Electron host opens no windows for pages.')
  }

  async #heard(context: number, message: FromPage): Promise<void> {
    if (message.op === 'preload_failed') {
      this.emit('preload-error', new HostedEvent(), '', new Error(message.message))
      return
    }
    const { number, channel = '', args } = message
    const url = fromWeb(message.url)
    const event = { sender: this, senderFrame: { url, origin: originOf(url), parent: null } }
    const answer = await this.#around.ipcMain
      .invoked(channel, event, wire.decode(args) as unknown[])
      .then(
        (value) => ({ ok: true, value: wire.encode(value) }),
        (error) => ({ ok: false, value: String(error) }),
      )
    await this.#say({ number, channel, ...answer }, context)
  }

  async #say(message: object, contextId: number | undefined): Promise<void> {
    if (contextId === undefined || this.#destroyed) return
    const cdp = await this.#ready
    const expression = `globalThis[${JSON.stringify(this.#deliver)}]?.(${JSON.stringify(message)})`
    await cdp.send('Runtime.evaluate', { contextId, expression }).catch(() => {
      // The page went away meanwhile.
    })
  }
}

strictClass('webContents', WebContents)

/**
 * Lets a page go that stands still before its first request, and fails that request. Closed as it stands,
 * it would hold up the page that opened it, for they share a process; closed while its request waits, it would
 * let that out.
 */
async function stopFirstRequest(cdp: CdpSession, address: string): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    cdp.on('Fetch.requestPaused', ({ requestId }) => {
      const failed = cdp.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
      failed.then(() => resolve(), resolve)
    })
  })
  await cdp.send('Fetch.enable', {})
  await cdp.send('Runtime.runIfWaitingForDebugger')
  if (/^https?:/.test(address)) await stopped
}

function redirectOf(paused: Protocol.Fetch.requestPausedPayload): string | undefined {
  const { responseStatusCode: status = 0, responseHeaders = [], request } = paused
  if (status < 300 || status >= 400) return undefined
  const location = responseHeaders.find(({ name }) => name.toLowerCase() === 'location')?.value
  return location === undefined ? undefined : new URL(location, request.url).href
}
