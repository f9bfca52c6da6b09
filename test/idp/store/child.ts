import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const HERE = dirname(fileURLToPath(import.meta.url))

/** Within the house, so that a bundle finds its packages. */
const CACHE = join(HERE, '../../../node_modules/.cache/latchkey-test')

/** Bundles a program of this folder, so that plain Node runs it. */
export async function bundleChild(
  name: string,
): Promise<{ path: string; remove(): Promise<void> }> {
  await mkdir(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'store-'))
  const path = join(folder, 'child.mjs')
  await build({
    entryPoints: [join(HERE, name)],
    outfile: path,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  })
  return { path, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** A running program, and the lines that it prints. */
export class Child {
  readonly lines: string[] = []
  readonly ended: Promise<NodeJS.Signals | number | null>
  readonly #process: ChildProcess
  #heard: () => void = () => {}

  constructor(path: string, args: readonly string[]) {
    const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    const printed = createInterface({ input: child.stdout })
    printed.on('line', (line) => {
      this.lines.push(line)
      this.#heard()
    })
    const closed = new Promise<void>((resolve) => printed.on('close', resolve))
    const exited = new Promise<NodeJS.Signals | number | null>((resolve) =>
      child.on('exit', (code, signal) => resolve(signal ?? code)),
    )
    // All that it printed has been read then.
    this.ended = Promise.all([exited, closed]).then(([end]) => end)
  }

  /** Waits until it has printed `count` lines, or has ended. */
  async printed(count: number): Promise<void> {
    while (this.lines.length < count) {
      const heard = new Promise<'line'>((resolve) => {
        this.#heard = () => resolve('line')
      })
      if (this.lines.length < count && (await Promise.race([heard, this.ended])) !== 'line') return
    }
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.ended
  }
}
