import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Where } from './holding-proxy.ts'

/** Stands before the app's own helper, and lets every order through but a write that is to be held. */
const before = (order: string, reached: string) => `
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const where = () => (existsSync(${order}) ? readFileSync(${order}, 'utf8') : undefined)
const stop = () => {
  rmSync(${order})
  writeFileSync(${reached}, '')
}
const { parentPort: port } = process
const { on, postMessage } = port
let withheld
port.on = (event, listener) =>
  on.call(port, event, (message) => {
    const { number, order } = message.data
    if (order.do === 'write' && where() === 'request') return stop()
    if (order.do === 'write' && where() === 'answer') withheld = number
    listener(message)
  })
port.postMessage = (report) => (report.number === withheld ? stop() : postMessage.call(port, report))
await import('./own-keychain-helper.mjs')
`

/**
 * A copy of the built app whose writes to the keychain can be held: before anything is written, or
 * when it is written and the app has not heard of it.
 */
export class HoldingKeychain {
  /** Of the copy, to be started instead. */
  readonly folder: string
  readonly #order: string
  readonly #reached: string

  /** @param app folder of the built app */
  constructor(app: string) {
    this.folder = `${app}-holding`
    cpSync(app, this.folder, { recursive: true })
    this.#order = join(this.folder, 'hold')
    this.#reached = join(this.folder, 'reached')
    const helper = join(this.folder, 'keychain-helper.mjs')
    renameSync(helper, join(this.folder, 'own-keychain-helper.mjs'))
    writeFileSync(helper, before(JSON.stringify(this.#order), JSON.stringify(this.#reached)))
  }

  /**
   * Stops the next write for good. The app tries once more after three seconds: be done with it by then.
   *
   * @returns resolves once it stands there
   */
  async holdWrite(where: Where): Promise<void> {
    rmSync(this.#reached, { force: true })
    writeFileSync(this.#order, where)
    while (!existsSync(this.#reached)) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
