import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { CallReport, FromDevice, Order, Report, ToDevice } from './orders.ts'

export interface DeviceOptions {
  readonly name: string
  /** Path of the bundled `device.ts`. */
  readonly program: string
  readonly site: string
  readonly service: string
  readonly clock: string
  readonly secretFile: string
  /** What the person does in the browser that the device opens. */
  readonly browse: (url: string) => Promise<void>
}

/** A device process, from the story's side. */
export class StoryDevice {
  readonly options: DeviceOptions
  #child: ChildProcess | undefined
  #number = 0
  readonly #answers = new Map<
    number,
    { resolve(report: Report): void; reject(error: Error): void }
  >()
  #lost: ((fingerprint: string) => void) | undefined

  constructor(options: DeviceOptions) {
    this.options = options
  }

  /** Starts the process; the engine does nothing until it is asked to. */
  async boot(): Promise<void> {
    const { program, site, service, clock, secretFile, name } = this.options
    const child = fork(program, [site, service, clock, secretFile, name], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        const error = new Error(`The device ${name} ended (${signal ?? code}).`)
        reject(error)
        for (const { reject: fail } of this.#answers.values()) fail(error)
        this.#answers.clear()
      })
      child.on('message', (message: FromDevice) => {
        if ('ready' in message) resolve()
        else this.#hear(child, message)
      })
    })
  }

  ask(order: Order): Promise<Report> {
    const number = ++this.#number
    return new Promise((resolve, reject) => {
      this.#answers.set(number, { resolve, reject })
      this.#send({ order, number })
    })
  }

  async call(url: string): Promise<Report & { readonly call: CallReport }> {
    const report = await this.ask({ do: 'call', url })
    return { ...report, call: report.call ?? { kind: 'ended' } }
  }

  /** Calls, and dies on the answer of the refresh that this takes. @returns the lost token's fingerprint */
  async loseRefreshAndDie(url: string): Promise<string> {
    const lost = new Promise<string>((resolve) => {
      this.#lost = resolve
    })
    const gone = new Promise((resolve) => this.#child?.once('exit', resolve))
    await this.ask({ do: 'die_on_next_refresh' })
    this.ask({ do: 'call', url }).catch(() => {})
    const fingerprint = await lost
    await gone
    return fingerprint
  }

  /** What somebody gets who copies the secret entry: the token, and here not even the key. */
  async copiedRefreshToken(): Promise<string> {
    const held = JSON.parse(await readFile(this.options.secretFile, 'utf8')) as {
      session?: { refreshToken?: string }
    }
    const token = held.session?.refreshToken
    if (token === undefined) throw new Error(`The device ${this.options.name} holds no token.`)
    return token
  }

  async end(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  #hear(child: ChildProcess, message: Exclude<FromDevice, { ready: true }>): void {
    if ('lost' in message) {
      this.#lost?.(message.lost)
      return
    }
    if ('open' in message) {
      this.options.browse(message.open).then(
        () => child.connected && this.#send({ opened: message.number }),
        (error: Error) =>
          child.connected && this.#send({ opened: message.number, failure: error.message }),
      )
      return
    }
    const answer = this.#answers.get(message.number)
    this.#answers.delete(message.number)
    if ('report' in message) answer?.resolve(message.report)
    else answer?.reject(new Error(message.failure))
  }

  #send(message: ToDevice): void {
    this.#child?.send(message, () => {})
  }
}
