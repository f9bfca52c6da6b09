import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Runner } from '../../playground/recording/test-text.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const COMMANDS = {
  vitest: ['vitest/vitest.mjs', 'run', '--reporter=default'],
  playwright: ['@playwright/test/cli.js', 'test', '--reporter=line'],
} as const satisfies Record<Runner, readonly string[]>

/**
 * Runs a test that the console has written, as its owner would: in a folder `test` beside `playground`.
 *
 * @returns what the runner said
 * @throws when the test failed
 */
export async function runRecorded(text: string, runner: Runner): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-recorded-'))
  try {
    for (const name of ['playground', 'node_modules'])
      symlinkSync(join(ROOT, name), join(folder, name))
    mkdirSync(join(folder, 'test'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const kind = runner === 'vitest' ? 'test' : 'spec'
    writeFileSync(join(folder, 'test', `recorded.${kind}.ts`), text)
    const [program, ...args] = COMMANDS[runner]
    const path = join(ROOT, 'node_modules', program)
    const { VITEST: _, ...env } = process.env
    const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], {
      cwd: folder,
      env: { ...env, NO_COLOR: '1' },
    })
    return stdout
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
