import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Within node_modules, so that the bundles find the packages: those are met as they are published. */
const cache = fileURLToPath(new URL('../../../node_modules/.cache/latchkey', import.meta.url))

/** How a client refused what it was asked. */
export class Refused extends Error {
  /** The class of the client's error. */
  readonly kind: string
  readonly code: string

  constructor({ kind, code, message }: { kind: string; code: string; message: string }) {
    super(message)
    this.kind = kind
    this.code = code
  }
}

type Said =
  | { readonly result: unknown }
  | { readonly refused: { readonly kind: string; readonly code: string; readonly message: string } }

/**
 * A program that uses a client library, in a process of its own: it is made to trust the provider as
 * anybody's would be, by NODE_EXTRA_CA_CERTS, which is read at a process's start.
 */
export class Client {
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process
    this.#folder = folder
  }

  /**
   * @param program - a file beside this one.
   * @param ca - left out, the process trusts what everybody does.
   */
  static async start(program: string, ca?: string): Promise<Client> {
    mkdirSync(cache, { recursive: true })
    const folder = mkdtempSync(join(cache, `${process.pid}-client-`))
    const outfile = join(folder, basename(program))
    await build({
      entryPoints: [fileURLToPath(new URL(program, import.meta.url))],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
    })
    const child = fork(outfile, {
      env: { PATH: process.env.PATH ?? '', ...(ca && { NODE_EXTRA_CA_CERTS: ca }) },
      execArgv: [],
    })
    await once(child, 'message')
    return new Client(child, folder)
  }

  /** @throws Refused with what the client threw. */
  async ask<T>(name: string, asked: Readonly<Record<string, unknown>> = {}): Promise<T> {
    this.#process.send({ name, asked })
    const [said] = (await once(this.#process, 'message')) as [Said]
    if ('refused' in said) throw new Refused(said.refused)
    return said.result as T
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit')
    this.#process.disconnect()
    await ended
    rmSync(this.#folder, { recursive: true })
  }
}
