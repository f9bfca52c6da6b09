import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { World } from '../../world.ts'
import { play } from './chapters.ts'
import { Narrator } from './narrator.ts'
import { Stage } from './stage.ts'

/**
 * `npm run story`: the whole flow, played by a scripted browser and the real engine against real
 * parties, in virtual time. Exit code 0: every promise held.
 */
async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-story-'))
  const narrator = new Narrator((text) => process.stdout.write(text))
  const began = performance.now()
  const world = new World({
    ports: 'free',
    data: folder,
    programs: new URL('.', import.meta.url),
    died: (sentence) => process.stderr.write(`${sentence}\n`),
  })
  let stage: Stage | undefined
  const end = async () => {
    await stage?.end()
    await world.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void end().then(() => process.exit(130)))
  }
  try {
    await world.start()
    stage = new Stage(world.addresses, join(folder, 'devices'), world.adminKey)
    await play(stage, narrator)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(
      `\nAll ${narrator.steps} promises held; half a year and more in ${seconds} s.\n`,
    )
    return 0
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    process.stdout.write(`  ✗ ${narrator.at}: broken: ${what}\n`)
    return 1
  } finally {
    await end()
  }
}

process.exit(await main())
