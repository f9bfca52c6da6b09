import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Credentials } from './certificates/authority.ts'
import { StartError } from './start-error.ts'

export interface Listening {
  readonly port: number
  /** Who answers from now on; set in the same turn, before any request can come in. */
  answer(listener: RequestListener): void
  close(): Promise<void>
}

/** A free port of IPv4 may be taken on IPv6: so often another one is tried. */
const TRIES = 10

/**
 * Listens on both loopback addresses, since browsers may resolve `localhost` to either.
 *
 * @param port - 0 for any free one.
 * @param credentials - of https; left out, plain http is spoken.
 * @throws StartError when the port is taken or not allowed.
 */
export async function listen(port: number, credentials?: Credentials): Promise<Listening> {
  const createServer = (): Server =>
    credentials ? createHttpsServer(credentials) : createHttpServer()
  for (let tried = 1; ; tried++) {
    const four = createServer()
    await open(four, port, '127.0.0.1').catch((error: unknown) => {
      throw startError(error, port)
    })
    const address = four.address()
    const bound = typeof address === 'object' && address ? address.port : port
    const six = createServer()
    try {
      await open(six, bound, '::1')
      return listening(bound, [four, six])
    } catch (error) {
      const code = codeOf(error)
      // Machines and containers without IPv6.
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return listening(bound, [four])
      await close(four)
      if (code !== 'EADDRINUSE' || port !== 0 || tried === TRIES) throw startError(error, bound)
    }
  }
}

const listening = (port: number, servers: readonly Server[]): Listening => ({
  port,
  answer(listener) {
    for (const server of servers) server.on('request', listener)
  },
  async close() {
    await Promise.all(servers.map(close))
  },
})

const open = (server: Server, port: number, host: string) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

function startError(error: unknown, port: number): StartError {
  const code = codeOf(error)
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} is in use: stop what listens there, or set PORT to another one (0 for any free one).`,
    )
  }
  if (code === 'EACCES') {
    return new StartError(`Port ${port} needs more rights: set PORT to one above 1023.`)
  }
  return new StartError(`Port ${port} can't be opened (${code}): set PORT to another one.`)
}
