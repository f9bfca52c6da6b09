import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { PlaygroundFailure } from './failure.ts'

/** Which port each party listens on. */
export interface Ports {
  readonly console: number
  readonly site: number
  readonly provider: number
  readonly service: number
}

/** Where people find everything (DESIGN §3). */
export const DEFAULT_PORTS: Ports = { site: 3000, provider: 4000, service: 3100, console: 3200 }

const BLOCK = 10
/** Below every system's range of ephemeral ports, where an outgoing connection could take one of ours. */
const FIRST = 21_000
const BLOCKS = 1_100

/**
 * Takes a block of ten free ports by listening on its first: whoever holds P owns P+1 … P+9, so two
 * who look for ports at once never get the same ones, though each of the others is only tried and
 * let go of. Tests use it as well.
 *
 * @param holder listens on the first port from then on; its owner closes it
 * @throws PlaygroundFailure when there is no free block
 */
export async function takePortBlock(holder: Server): Promise<Ports> {
  const start = randomInt(BLOCKS)
  for (let tried = 0; tried < BLOCKS; tried++) {
    const first = FIRST + ((start + tried) % BLOCKS) * BLOCK
    if (!(await listen(holder, first))) continue
    const others = Array.from({ length: BLOCK - 1 }, (_, index) => first + 1 + index)
    const free = await Promise.all(others.map(isFree))
    if (free.every(Boolean)) {
      return { console: first, site: first + 1, provider: first + 2, service: first + 3 }
    }
    await close(holder)
  }
  throw new PlaygroundFailure(
    `No ten free ports in a row between ${FIRST} and ${FIRST + BLOCKS * BLOCK}: end some programs and try again.`,
  )
}

/**
 * Takes the ports that everyone knows.
 *
 * @param holder listens on the console's port from then on
 * @throws PlaygroundFailure naming the port that is in use
 */
export async function takeDefaultPorts(holder: Server): Promise<Ports> {
  const inUse = (party: string, port: number) =>
    new PlaygroundFailure(
      `Port ${port}, where the ${party} lives, is in use: is the playground running already? End what uses it, or start with free ports: npm start -- --ephemeral`,
    )
  if (!(await listen(holder, DEFAULT_PORTS.console))) throw inUse('console', DEFAULT_PORTS.console)
  for (const [party, port] of Object.entries(DEFAULT_PORTS)) {
    if (port === DEFAULT_PORTS.console || (await isFree(port))) continue
    await close(holder)
    throw inUse(party, port)
  }
  return DEFAULT_PORTS
}

function listen(server: Server, port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', listening)
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    }
    const listening = () => {
      server.off('error', failed)
      resolve(true)
    }
    server.once('error', failed).once('listening', listening).listen(port, host)
  })
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve))

/** Free on both address families; one that this machine doesn't have is no obstacle. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1']) {
    const probe = createServer()
    try {
      if (!(await listen(probe, port, host))) return false
      await close(probe)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') throw error
    }
  }
  return true
}
