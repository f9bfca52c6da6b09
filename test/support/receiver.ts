import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a receiver answers: a status, headers as well, by itself, or not at all. */
export type Reply =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | ((response: ServerResponse) => void | Promise<void>)
  | 'cut off'

/** A service's endpoint that takes what comes and answers as the test says. */
export class Receiver {
  readonly received: Received[] = []
  /** Answers in order; after the last one, `otherwise`. */
  readonly replies: Reply[] = []
  otherwise: Reply = 204
  /** The most requests that were under way here at once. */
  atOnce = 0
  connections = 0
  #underWay = 0
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', () => this.connections++)
    server.on('request', async (request, response) => {
      this.atOnce = Math.max(this.atOnce, ++this.#underWay)
      response.once('close', () => this.#underWay--)
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      this.received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      await this.#answer(response)
    })
  }

  /** @param credentials PEM; given, it speaks https */
  static async start(credentials?: {
    readonly key: string
    readonly cert: string
  }): Promise<Receiver> {
    const server = credentials ? https.createServer(credentials) : createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Receiver(server)
  }

  get origin(): string {
    const scheme = this.#server instanceof https.Server ? 'https' : 'http'
    return `${scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `${this.origin}/hook`
  }

  /** The ids of what came, in order. */
  get ids(): readonly string[] {
    return this.received.map(({ headers }) => String(headers['webhook-id']))
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  async #answer(response: ServerResponse): Promise<void> {
    const reply = this.replies.shift() ?? this.otherwise
    if (reply === 'cut off') response.destroy()
    else if (typeof reply === 'function') await reply(response)
    else if (typeof reply === 'number') response.writeHead(reply).end()
    else response.writeHead(reply.status, reply.headers ?? {}).end(reply.body)
  }
}
