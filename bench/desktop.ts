import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { launch } from '../test/electron-host/driver.ts'
import { memoryOfTree } from '../test/electron-host/process-tree.ts'
import { chooseRuntime } from '../test/electron-host/runtime.ts'
import { buildApp } from '../test/support/desktop-app.ts'

/**
 * `npm run bench:desktop`: from the start of the process until a person sees something, and memory
 * then, beside an empty app on the same runtime. What the runtime costs is in both; what we add is
 * the difference. On the test host these are not Electron's figures.
 */
const ROUNDS = 5

const EMPTY = `import { app, BrowserWindow } from 'electron'
app.whenReady().then(() => new BrowserWindow().loadURL('data:text/html,<h1>Empty</h1>'))
`

interface Round {
  /** Milliseconds until the first heading is there. */
  readonly shown: number
  /** Milliseconds from the page's own beginning to its first contentful paint. */
  readonly paint: number
  /** Bytes. */
  readonly memory: number
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'latchkey-bench-desktop-'))
  const [runtime, built] = await Promise.all([chooseRuntime(), buildApp()])
  const empty = join(root, 'empty')
  mkdirSync(empty)
  const manifest = {
    name: 'empty',
    productName: 'Empty',
    version: '1.0.0',
    type: 'module',
    main: 'main.mjs',
  }
  writeFileSync(join(empty, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(empty, 'main.mjs'), EMPTY)
  try {
    for (const [name, folder] of [
      ['an empty app', empty],
      ['Latchkey', built.folder],
    ] as const) {
      const rounds: Round[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const environment = { ...process.env, XDG_CONFIG_HOME: join(root, `${round}`) }
        rounds.push(await once({ runtime, folder, environment }))
      }
      process.stdout.write(
        `${name}: shown after ${median(rounds.map(({ shown }) => shown))} ms, painted ${median(rounds.map(({ paint }) => paint))} ms into the page, ${Math.round(median(rounds.map(({ memory }) => memory)) / 2 ** 20)} MiB (median of ${ROUNDS}, ${runtime.kind})\n`,
      )
    }
  } finally {
    built.remove()
    runtime.remove()
    rmSync(root, { recursive: true, force: true })
  }
}

async function once(options: Parameters<typeof launch>[0]): Promise<Round> {
  const began = performance.now()
  const app = await launch(options)
  try {
    const page = await app.window()
    await page.getByRole('heading').first().waitFor()
    const shown = Math.round(performance.now() - began)
    const paint = await page.evaluate(() => {
      const [entry] = performance.getEntriesByName('first-contentful-paint')
      return Math.round(entry?.startTime ?? 0)
    })
    return { shown, paint, memory: memoryOfTree(app.pid) }
  } finally {
    await app.close()
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

await main()
