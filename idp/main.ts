import { check } from './check/command.ts'
import { start } from './start.ts'
import { StartError } from './start-error.ts'
import { StoreError } from './store/errors.ts'

const USAGE =
  'Say "npm run site" to start the site, or "npm run site -- check [--data <folder>]" to look through its data folder.'

async function main(): Promise<void> {
  const [command, ...words] = process.argv.slice(2)
  if (command === undefined) await start(process.env)
  else if (command === 'check') process.exitCode = await check(words, process.env)
  else throw new StartError(USAGE)
}

main().catch((error: unknown) => {
  const expected = error instanceof StartError || error instanceof StoreError
  const why = error instanceof Error ? error.message : 'unknown failure'
  process.stderr.write(`${expected ? why : `Unexpected: ${why}`}\n`)
  process.exit(1)
})
