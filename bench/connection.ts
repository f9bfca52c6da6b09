import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  /** The `DPoP-Nonce` header. */
  readonly nonce: string | undefined
  readonly body: string
}

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/**
 * One keep-alive connection with one request at a time. Just as much HTTP/1.1 as the contenders
 * answer with: `node:http` as a client would take half as much processor time as the server.
 */
export class Connection {
  readonly #socket: Socket
  #read: Buffer = Buffer.alloc(0)
  #waiting: Waiting | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The server closed the connection.')))
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Connection(socket))
      })
    })
  }

  /** @param request head and body, as they go over the wire */
  send(request: string): Promise<Answer> {
    if (this.#socket.destroyed) return Promise.reject(new Error('The connection is closed.'))
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#read = this.#read.length === 0 ? chunk : Buffer.concat([this.#read, chunk])
    let answer: Answer | undefined
    try {
      answer = readAnswer(this.#read)
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error('Not an answer.'))
      return
    }
    if (!answer) return
    this.#read = Buffer.alloc(0)
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(answer)
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
    this.#socket.destroy()
  }
}

/**
 * @returns `undefined` while there is more to come
 * @throws Error when the answer's length is not told, or it goes on after its end
 */
export function readAnswer(bytes: Buffer): Answer | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.toString('latin1', 0, end)
  const length = /^content-length: *(\d+)$/im.exec(head)?.[1]
  if (length === undefined) throw new Error('The answer has no Content-Length.')
  const whole = end + 4 + Number(length)
  if (bytes.length < whole) return undefined
  if (bytes.length > whole) throw new Error('The server sent more than its answer.')
  return {
    status: Number(head.slice(9, 12)),
    nonce: /^dpop-nonce: *(\S+)$/im.exec(head)?.[1],
    body: bytes.toString('utf8', end + 4),
  }
}
