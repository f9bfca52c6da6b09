import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { PlaygroundClient } from './client.ts'

/** The line that `npm start -- --json` prints once all of it serves. */
const ReadyLine = v.object({
  idp: v.string(),
  provider: v.string(),
  api: v.string(),
  console: v.string(),
  adminKey: v.string(),
})

/** A playground of one's own: its addresses, and its client. */
export interface Playground extends v.InferOutput<typeof ReadyLine>, PlaygroundClientParts {}

type PlaygroundClientParts = { readonly client: PlaygroundClient }

const RUN = fileURLToPath(new URL('../run.mjs', import.meta.url))

/**
 * A fixture for Playwright Test and for Vitest, which give it the same way: a fresh playground on free ports, in a
 * temporary folder, gone when the test is.
 *
 * @example
 * ```ts
 * const test = base.extend<{ playground: Playground }>({ playground: playgroundFixture })
 *
 * test('two quiet weeks end a session', async ({ page, playground }) => {
 *   await page.goto(playground.idp)
 *   await playground.client.clock.advance('14d')
 * })
 * ```
 */
export async function playgroundFixture(
  // Playwright reads a fixture's needs from a destructured first parameter: none.
  // biome-ignore lint/correctness/noEmptyPattern: see above
  {}: object,
  use: (playground: Playground) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, [RUN, 'playground', '--json', '--ephemeral'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  try {
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve)
      child.once('close', (code) => reject(new Error(`The playground ended (${code}).`)))
    })
    const addresses = v.parse(ReadyLine, JSON.parse(line))
    await use({ ...addresses, client: new PlaygroundClient(addresses.console) })
  } finally {
    child.kill('SIGTERM')
    await gone
  }
}
