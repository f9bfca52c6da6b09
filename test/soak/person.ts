import type { Reason } from '../../protocol/reasons.ts'
import type { Device } from './device.ts'
import type { Cause, Ledger } from './ledger.ts'

/** Somebody with several devices, and what was asked for that ends all that they are signed in on. */
export class Person {
  readonly email: string
  readonly devices: Device[] = []
  readonly #ledger: Ledger
  readonly #causes: Cause[] = []
  /** Nobody lets them in: their logins are disabled, or their account is closed. */
  shutOut = false

  constructor(email: string, ledger: Ledger) {
    this.email = email
    this.#ledger = ledger
  }

  get sessions(): readonly string[] {
    return this.devices.flatMap(({ session }) => session ?? [])
  }

  /**
   * Does what ends sessions, and keeps the ledger of it.
   *
   * @param end `true`: the site said that it is done
   */
  async end(
    sessions: readonly string[],
    reason: Reason,
    end: () => Promise<boolean>,
  ): Promise<boolean> {
    const cause = this.#ledger.willEnd(sessions, reason)
    this.#causes.push(cause)
    cause.acknowledged = await end()
    return cause.acknowledged
  }

  /** Signs in; what ends everything meanwhile may or may not have met the session that begins. */
  async signIn(device: Device): Promise<'ok' | 'refused' | 'later'> {
    const before = this.#causes.filter(({ acknowledged }) => acknowledged).length
    const settled = new Set(this.#causes.filter(({ acknowledged }) => acknowledged))
    const result = await device.signIn()
    const { session } = device
    if (session !== undefined) {
      for (const cause of this.#causes) {
        if (!settled.has(cause)) this.#ledger.willEnd([session], cause.reason)
      }
    }
    if (before > 100) this.#causes.splice(0, 50)
    return result
  }
}
