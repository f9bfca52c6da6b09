/**
 * A party as small as can be, for tests of whoever supervises parties. How it behaves: FAKE=
 * serve (default), die, hang, stubborn (ignores SIGTERM). It ends with its standard input.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import process from 'node:process'

const name = basename(process.argv[1], '.mjs').replace('watched-', '')
const { FAKE = 'serve', PORT = '0', DATA, CLOCK_URL } = process.env

process.on('SIGTERM', () => {
  if (FAKE !== 'stubborn') process.exit(0)
})
process.stdin.once('end', () => process.exit(0)).resume()

if (FAKE === 'die') {
  process.stderr.write('The disk is on fire: fetch water.\n')
  process.exit(1)
}
if (FAKE !== 'hang') {
  const server = createServer((request, response) => {
    if (request.url === '/die') process.exit(7)
    response.end(String(process.pid))
  })
  server.listen(Number(PORT), '127.0.0.1', async () => {
    if (DATA) {
      mkdirSync(DATA, { recursive: true })
      writeFileSync(join(DATA, `${name}.txt`), 'something stored')
    }
    if (CLOCK_URL) await fetch(`${CLOCK_URL}/clock/stream`)
    const url = `http://127.0.0.1:${server.address().port}`
    process.stdout.write('something else first\n')
    process.stdout.write(`${JSON.stringify({ ready: name, url, issuer: `${url}/issuer` })}\n`)
  })
}
