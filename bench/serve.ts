import { createServer, type RequestListener } from 'node:http'
import process from 'node:process'

/** What a contender of ours finds in its environment. */
export interface Surroundings {
  /** Our own address as callers see it. */
  readonly url: string
  /** A folder of its own. */
  readonly data: string
}

export const surroundings = (): Surroundings => ({
  url: process.env.SITE_URL ?? '',
  data: process.env.DATA ?? '',
})

/** Listens, says so as every party does, and ends with its parent. */
export function serve(name: string, url: string, listener: RequestListener): void {
  const server = createServer(listener)
  server.listen(Number(new URL(url).port), '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ ready: name, url })}\n`)
  })
  const end = () => process.exit(0)
  process.once('SIGTERM', end)
  process.stdin.once('end', end).resume()
}
