import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import * as v from 'valibot'
import { durationInWords } from '../clock/duration.ts'
import { type Duration, SECOND } from '../clock/moment.ts'
import { PlaygroundFailure } from './failure.ts'

/** The one line that a party prints on its standard output once it serves. */
const ReadyLine = v.object({
  ready: v.string(),
  url: v.string(),
  /** Of the provider: the issuer of its sign-in policy. */
  issuer: v.optional(v.string()),
  /** Of the provider: the issuer of its reset policy. */
  resetIssuer: v.optional(v.string()),
})

export type ReadyLine = v.InferOutput<typeof ReadyLine>

export interface PartyOptions {
  readonly name: string
  /** Path of a program that Node can run. */
  readonly program: string
  /** On top of the playground's own environment. */
  readonly environment: Readonly<Record<string, string>>
  /** Where its logs go. */
  readonly logFile: string
  /** Hears each line that it prints; says whether that was meant for it, and for nobody's log. */
  readonly hear?: (line: string) => boolean
  /** Called whenever it is another {@link PartyState}. */
  readonly changed?: (state: PartyState) => void
  /** Called with a sentence when it ends without having been asked to. */
  readonly died?: (sentence: string) => void
  /** How long it may take until it serves. */
  readonly patience?: Duration
}

export type PartyState = 'stopped' | 'starting' | 'up'

/** How long it may take to end on SIGTERM, before it is killed. */
const LAST_CHANCE: Duration = 3 * SECOND

/** How much of its last words is kept. */
const TAIL = 2_000

/**
 * One party as a child process. Its standard input is a pipe: when the playground is killed, even by SIGKILL,
 * the pipe closes and the party ends (`LATCHKEY_END_WITH_STDIN`).
 */
export class Party {
  readonly name: string
  readonly #options: PartyOptions
  #child: ChildProcess | undefined
  #state: PartyState = 'stopped'
  #stopping = false
  #tail = ''

  constructor(options: PartyOptions) {
    this.name = options.name
    this.#options = options
  }

  get state(): PartyState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /**
   * Starts it and waits until it serves.
   *
   * @throws PlaygroundFailure with its last words when it ends first or takes too long
   */
  async start(): Promise<ReadyLine> {
    if (this.#child) throw new PlaygroundFailure(`The ${this.name} is running already.`)
    const { program, environment, logFile, patience = 20 * SECOND } = this.#options
    this.#stopping = false
    this.#tail = ''
    this.#become('starting')
    const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
    const child = spawn(process.execPath, ['--enable-source-maps', program], {
      env: { ...process.env, ...environment, LATCHKEY_END_WITH_STDIN: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its own process group: Ctrl-C in a terminal reaches the playground, which ends its parties in order.
      detached: true,
    })
    this.#child = child
    child.stdin.on('error', () => {})
    createInterface({ input: child.stderr }).on('line', (line) => this.#heard(log, line))
    child.once('close', (code, signal) => this.#closed(log, code, signal))
    try {
      const line = await this.#ready(child, log, patience)
      this.#become('up')
      return line
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Ends it in order, or by force when it doesn't; resolves when it is gone. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined) return
    this.#stopping = true
    const gone = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), LAST_CHANCE)
    await gone
    clearTimeout(force)
  }

  /** On the same port, with what it had stored. */
  async restart(): Promise<ReadyLine> {
    await this.stop()
    return this.start()
  }

  /** What it said last, as one line, without the stack below it. */
  get lastWords(): string {
    const lines = this.#tail.split('\n').filter((line) => /^[^\s{}[\]]/.test(line))
    return lines
      .filter((line) => !/^Node\.js v\d/.test(line))
      .slice(-5)
      .join(' | ')
  }

  #ready(child: ChildProcess, log: WriteStream, patience: Duration): Promise<ReadyLine> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(this.#failure(`didn't start within ${durationInWords(patience)}`))
      }, patience)
      child.once('error', reject)
      child.once('close', (code, signal) => {
        clearTimeout(late)
        reject(this.#failure(`ended before it served (${signal ?? `exit code ${code}`})`))
      })
      if (!child.stdout) return
      createInterface({ input: child.stdout }).on('line', (text) => {
        const line = readLine(text)
        if (line?.ready !== this.name) return this.#heard(log, text)
        clearTimeout(late)
        resolve(line)
      })
    })
  }

  /** Says a line to it. @returns `false` when it isn't there to hear it */
  say(line: string): boolean {
    if (this.#state !== 'up' || !this.#child?.stdin?.writable) return false
    this.#child.stdin.write(`${line}\n`)
    return true
  }

  #become(state: PartyState): void {
    this.#state = state
    this.#options.changed?.(state)
  }

  #heard(log: WriteStream, line: string): void {
    if (!this.#options.hear?.(line)) this.#keep(log, `${line}\n`)
  }

  #keep(log: WriteStream, text: string): void {
    log.write(text)
    this.#tail = (this.#tail + text).slice(-TAIL)
  }

  #closed(log: WriteStream, code: number | null, signal: NodeJS.Signals | null): void {
    log.end()
    const wasUp = this.#state === 'up'
    this.#child = undefined
    this.#become('stopped')
    if (wasUp && !this.#stopping) {
      const how = signal ?? `exit code ${code}`
      this.#options.died?.(this.#failure(`ended by itself (${how})`).message)
    }
  }

  #failure(what: string): PlaygroundFailure {
    const words = this.lastWords
    const said = words === '' ? 'It said nothing.' : `Its last words: ${words}`
    return new PlaygroundFailure(
      `The ${this.name} ${what}. ${said} (Its whole log: ${this.#options.logFile})`,
    )
  }
}

function readLine(text: string): ReadyLine | undefined {
  try {
    const read = v.safeParse(ReadyLine, JSON.parse(text))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}
