import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'

/**
 * Where a request is stopped: before the other side hears of it, or when its answer is on the way back.
 * An answer that is an error, e.g. the demand for a nonce, is not the one that is meant.
 */
export type Where = 'request' | 'answer'

export interface Held {
  /** Resolves once a request stands there. */
  readonly reached: Promise<void>
  /** Lets it go on; whoever asked may be gone by then. @returns resolves once the other side has answered it */
  release(): Promise<void>
}

interface Stop {
  readonly path: string
  readonly where: Where
  readonly reach: () => void
  readonly released: Promise<void>
  readonly pass: () => void
}

/** Stands before a server and stops single requests on their way, so that a test can do something meanwhile. */
export class HoldingProxy {
  readonly #server: Server
  readonly #target: number
  #stop: Stop | undefined

  constructor(target: number) {
    this.#target = target
    this.#server = createServer((incoming, outgoing) => {
      this.#pass(incoming, outgoing).catch(() => outgoing.destroy())
    })
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
    })
  }

  /** Stops the next request to that path. */
  hold(path: string, where: Where): Held {
    let reach = () => {}
    let release = () => {}
    const reached = new Promise<void>((resolve) => {
      reach = resolve
    })
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    let pass = () => {}
    const passed = new Promise<void>((resolve) => {
      pass = resolve
    })
    this.#stop = { path, where, reach, released, pass }
    return {
      reached,
      release() {
        release()
        return passed
      },
    }
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const stopped = await this.#stand(incoming, 'request')
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const passing = request(
        {
          port: this.#target,
          method: incoming.method,
          path: incoming.url,
          headers: incoming.headers,
        },
        resolve,
      )
      passing.once('error', reject)
      passing.end(Buffer.concat(chunks))
    })
    const status = answer.statusCode ?? 502
    stopped?.pass()
    if (status < 400) (await this.#stand(incoming, 'answer'))?.pass()
    outgoing.writeHead(status, answer.rawHeaders)
    answer.pipe(outgoing)
  }

  async #stand({ url = '' }: IncomingMessage, where: Where): Promise<Stop | undefined> {
    const stop = this.#stop
    if (stop?.where !== where || !url.startsWith(stop.path)) return undefined
    this.#stop = undefined
    stop.reach()
    await stop.released
    return stop
  }
}
