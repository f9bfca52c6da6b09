import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Duration, MINUTE } from '../../clock/moment.ts'
import type { BrowserLauncher, CallbackVerdict, WayBack } from '../ports.ts'
import { type CallbackPage, callbackPage, strayPage } from './callback-page.ts'

const PATH = '/callback'

/** The address of a receiver of ours, with its port. */
const OURS = /^http:\/\/127\.0\.0\.1:(\d{1,5})\/callback$/

/** How long a person may take; real time. The site forgets the sign-in after ten minutes. */
const PATIENCE: Duration = 5 * MINUTE

export interface LoopbackOptions {
  /** Opens the system browser, or plays one. */
  readonly openBrowser: (url: string) => Promise<void>
  /** Milliseconds; 5 minutes by default. */
  readonly patience?: Duration
}

/**
 * The way back by a loopback redirect (RFC 8252 §7.3): a receiver on this machine alone, on a port
 * that the system picks, on one path.
 */
export const loopback = (options: LoopbackOptions): BrowserLauncher => ({
  async prepare() {
    return LoopbackWayBack.listen(options, 0)
  },

  async again(redirectUri) {
    const port = Number(OURS.exec(redirectUri)?.[1])
    if (!(port > 0)) return undefined
    try {
      return await LoopbackWayBack.listen({ ...options, openBrowser: async () => {} }, port)
    } catch {
      // Somebody else has the port now.
      return undefined
    }
  },
})

type Receive = (callbackUrl: string) => CallbackVerdict

class LoopbackWayBack implements WayBack {
  readonly redirectUri: string
  readonly #options: LoopbackOptions
  readonly #servers: readonly Server[]
  #receive: Receive | undefined
  #replied: Promise<void> = Promise.resolve()

  /** @param wanted the port, or 0 for any that is free. @throws when it is somebody's */
  static async listen(options: LoopbackOptions, wanted: number): Promise<LoopbackWayBack> {
    let way: LoopbackWayBack | undefined
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      if (way) way.#answer(request, response)
      else response.destroy()
    }
    const v4 = createServer(answer)
    const port = await listen(v4, '127.0.0.1', wanted)
    const v6 = createServer(answer)
    try {
      await listen(v6, '::1', port)
      way = new LoopbackWayBack(options, [v4, v6], port)
    } catch {
      // No IPv6 on this machine, or its port is somebody's: the redirect names the IPv4 address.
      way = new LoopbackWayBack(options, [v4], port)
    }
    return way
  }

  private constructor(options: LoopbackOptions, servers: readonly Server[], port: number) {
    this.#options = options
    this.#servers = servers
    this.redirectUri = `http://127.0.0.1:${port}${PATH}`
  }

  open(url: string, judge: Receive, signal: AbortSignal): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      const limit = setTimeout(
        () => finish(() => reject(new Error('Nobody came back from the browser: sign in again.'))),
        this.#options.patience ?? PATIENCE,
      )
      const stop = () => finish(() => reject(signal.reason))
      const finish = (how: () => void) => {
        clearTimeout(limit)
        signal.removeEventListener('abort', stop)
        this.#receive = undefined
        how()
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      this.#receive = (callbackUrl) => {
        const verdict = judge(callbackUrl)
        if (verdict.kind !== 'foreign') finish(() => resolve(callbackUrl))
        return verdict
      }
      this.#options.openBrowser(url).catch((error) => finish(() => reject(error)))
    })
  }

  /** Lets the last reply reach the browser, then frees the port. */
  async close(): Promise<void> {
    await this.#replied
    await Promise.all(this.#servers.map(stopServer))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const page = this.#pageFor(request)
    this.#replied = new Promise((resolve) => response.once('close', resolve))
    response.writeHead(page.status, page.headers).end(page.body)
  }

  #pageFor(request: IncomingMessage): CallbackPage {
    const { port } = new URL(this.redirectUri)
    const hosts = [`127.0.0.1:${port}`, `[::1]:${port}`, `localhost:${port}`]
    // A page on the Internet whose name was pointed at this machine has another Host (DNS rebinding).
    if (!hosts.includes(request.headers.host ?? '')) return strayPage(421)
    const target = request.url ?? ''
    if (target !== PATH && !target.startsWith(`${PATH}?`)) return strayPage(404)
    if (request.method !== 'GET') return strayPage(405)
    const search = target.slice(PATH.length)
    return callbackPage(this.#receive?.(this.redirectUri + search) ?? { kind: 'foreign' })
  }
}

const listen = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true, ipv6Only: host.includes(':') }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })

const stopServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
