import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface FakeParties {
  /** An empty folder of this test. */
  readonly folder: string
  /** `watched-provider.mjs`, `watched-site.mjs` and `watched-service.mjs`, each a fake. */
  readonly programs: URL
  remove(): void
}

/** Programs that behave like parties to whoever starts them, and do nothing else. */
export function makeFakeParties(): FakeParties {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const programs = join(folder, 'programs')
  mkdirSync(programs)
  const fake = new URL('fake-party.mjs', import.meta.url).href
  for (const name of ['site', 'watched-provider', 'watched-site', 'watched-service']) {
    writeFileSync(join(programs, `${name}.mjs`), `import ${JSON.stringify(fake)}\n`)
  }
  return {
    folder,
    programs: pathToFileURL(`${programs}/`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Whether a process of this id runs. One that ended and that nobody has asked about yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const status = `/proc/${pid}/status`
  return !existsSync(status) || !/^State:\s*Z/m.test(readFileSync(status, 'utf8'))
}
