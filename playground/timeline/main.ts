import process from 'node:process'
import { PlaygroundClient } from '../client.ts'

const USAGE = 'npm run timeline [-- <address of the console>]'

/** `npm run timeline`: what happened in a running playground, as text. */
async function main(): Promise<number> {
  const [url = 'http://127.0.0.1:3200'] = process.argv.slice(2)
  if (!URL.canParse(url)) {
    process.stderr.write(`That is no address. ${USAGE}\n`)
    return 1
  }
  try {
    process.stdout.write(await new PlaygroundClient(url).timeline())
    return 0
  } catch {
    process.stderr.write(`No playground answers at ${url}: start one with npm start. ${USAGE}\n`)
    return 1
  }
}

process.exitCode = await main()
