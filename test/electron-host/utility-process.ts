import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { strict, strictClass } from './strict.ts'

/** A helper process of Electron's, as a plain one of Node. */
class UtilityProcess extends EventEmitter {
  readonly #child

  constructor(program: string) {
    super()
    this.#child = fork(program, [], {
      execArgv: ['--import', fileURLToPath(new URL('parent-port.mjs', import.meta.url))],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child.on('message', (message) => this.emit('message', message))
    this.#child.once('exit', (code) => this.emit('exit', code))
    // The app's end must not wait for a helper that hangs: it goes with the channel.
    this.#child.unref()
    this.#child.channel?.unref()
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null
      ? this.#child.pid
      : undefined
  }

  postMessage(message: unknown): void {
    this.#child.send(message as object, () => {})
  }

  kill(): boolean {
    return this.#child.kill()
  }
}

strictClass('UtilityProcess', UtilityProcess)

export const utilityProcess = strict('utilityProcess', {
  fork: (program: string, _args?: readonly string[], _options?: object) =>
    new UtilityProcess(program),
})
