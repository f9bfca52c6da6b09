import { connect } from 'node:net'

/** What came back over the wire, header names in lower case, repeated ones joined by a comma. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Sends bytes as they are, for requests that no HTTP client would make, and reads one answer.
 * `undefined`: the server closed the connection without one.
 */
export function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let received = Buffer.alloc(0)
    const done = () => {
      socket.destroy()
      resolve(parseAnswer(received, true))
    }
    socket.setTimeout(5_000, () => {
      socket.destroy()
      reject(new Error(`No answer in 5 s to ${JSON.stringify(String(bytes).slice(0, 200))}`))
    })
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const answer = parseAnswer(received, false)
      if (!answer) return
      socket.destroy()
      resolve(answer)
    })
    socket.on('end', done)
    // A server that has answered may close while bytes are still on their way to it.
    socket.on('error', done)
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

function parseAnswer(bytes: Buffer, ended: boolean): RawAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  const body = bytes.subarray(headEnd + 4)
  const length = headers['content-length']
  if (!ended && (length === undefined || body.length < Number(length))) return undefined
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.toString('utf8') }
}

/** A request as text; every line is the caller's. */
export const rawRequest = (line: string, headers: readonly string[] = [], body = ''): string =>
  [line, 'Host: 127.0.0.1', ...headers, 'Connection: close', '', body].join('\r\n')
