import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { takePortBlock } from '../../playground/ports.ts'

const holders: ReturnType<typeof createServer>[] = []
afterEach(async () => {
  await Promise.all(
    holders.splice(0).map((holder) => new Promise((resolve) => holder.close(resolve))),
  )
})

function holder() {
  const server = createServer()
  holders.push(server)
  return server
}

test('eight who look for ports at the same time get eight different blocks', async () => {
  const blocks = await Promise.all(Array.from({ length: 8 }, () => takePortBlock(holder())))
  const all = blocks.flatMap((ports) => Object.values(ports))
  expect(new Set(all).size).toBe(all.length)
  expect(Math.max(...all)).toBeLessThan(32_768)
})

test('the first port is held, the others can be listened on at once', async () => {
  const ports = await takePortBlock(holder())
  const listen = (port: number) =>
    new Promise<string>((resolve) => {
      const server = holder()
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      server.listen(port, '127.0.0.1', () => resolve('listening'))
    })
  expect(await listen(ports.console)).toBe('EADDRINUSE')
  for (const port of [ports.site, ports.provider, ports.service]) {
    expect(await listen(port)).toBe('listening')
  }
})
