import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { World } from '../../playground/world.ts'
import { bundlePrograms } from './programs.ts'

/** The real parties, in a folder of their own. */
export interface OpenWorld {
  readonly world: World
  /** Where the parties keep their data. */
  readonly folder: string
  /** Moves everyone's clock, e.g. by `14d`. */
  advance(by: string): Promise<Response>
  close(): Promise<void>
}

export async function openWorld(siteSettings: Record<string, string> = {}): Promise<OpenWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-e2e-'))
  const programs = await bundlePrograms()
  const world = new World({
    ports: 'free',
    data: folder,
    programs: programs.folder,
    died: () => {},
    siteSettings,
  })
  await world.start()
  return {
    world,
    folder,
    advance: (by) =>
      fetch(`${world.addresses.console}/clock/advance`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ by }),
      }),
    close: async () => {
      await world.stop()
      programs.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
