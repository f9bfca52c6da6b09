import * as v from 'valibot'
import { type Duration, SECOND } from '../../../clock/moment.ts'
import type { Trouble } from '../../ipc/troubles.ts'
import { type KeychainOrder, KeychainReport } from '../../keychain/protocol.ts'
import type { Helper, StartHelper } from '../ports.ts'
import { type Vault, VaultError } from './vault.ts'

/** An unreachable keychain may take 50 s to say so: nobody waits that long for a window. */
const LIMIT: Duration = 3 * SECOND

type Order = KeychainOrder['order']
type Report = KeychainReport['report']

interface Pending {
  readonly number: number
  readonly settle: (report: Report | Trouble) => void
}

/**
 * The keychain of the operating system, by a helper process. One order at a time; a helper that takes
 * too long is killed, and the next order starts a new one, which also finds a keychain that was
 * restarted meanwhile.
 */
export class Keychain implements Vault {
  readonly #start: StartHelper
  readonly #account: string
  readonly #limit: Duration
  #helper: Helper | undefined
  #pending: Pending | undefined
  #number = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(start: StartHelper, account: string, limit: Duration = LIMIT) {
    this.#start = start
    this.#account = account
    this.#limit = limit
  }

  async probe(limit: Duration): Promise<void> {
    await this.#order({ do: 'probe' }, limit)
  }

  read(): Promise<string | undefined> {
    return this.#order({ do: 'read' })
  }

  async write(value: string): Promise<void> {
    await this.#order({ do: 'write', value })
  }

  async clear(): Promise<void> {
    await this.#order({ do: 'clear' })
  }

  #order(order: Order, limit: Duration = this.#limit): Promise<string | undefined> {
    const next = this.#last.then(() => this.#once(order, limit))
    this.#last = next.catch(() => {})
    return next
  }

  async #once(order: Order, limit: Duration): Promise<string | undefined> {
    const answer = await this.#ask(order, limit)
    if (typeof answer === 'string') throw new VaultError(answer)
    if (answer.is === 'done') return answer.value
    // Its connection may be to a keychain that is gone: the next one connects anew.
    this.#dismiss()
    throw new VaultError(answer.is === 'library' ? 'no_library' : troubleIn(answer.text))
  }

  #ask(order: Order, limit: Duration): Promise<Report | Trouble> {
    const number = ++this.#number
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#dismiss()
        settle('slow')
      }, limit)
      const settle = (answer: Report | Trouble) => {
        clearTimeout(late)
        this.#pending = undefined
        resolve(answer)
      }
      this.#pending = { number, settle }
      this.#helperNow().send({ number, account: this.#account, order } satisfies KeychainOrder)
    })
  }

  #helperNow(): Helper {
    if (this.#helper) return this.#helper
    const helper = this.#start({
      heard: (message) => this.#heard(message),
      ended: () => {
        if (this.#helper !== helper) return
        this.#helper = undefined
        this.#pending?.settle('failing')
      },
    })
    this.#helper = helper
    return helper
  }

  #heard(message: unknown): void {
    const read = v.safeParse(KeychainReport, message)
    if (!read.success || read.output.number !== this.#pending?.number) return
    this.#pending.settle(read.output.report)
  }

  #dismiss(): void {
    const helper = this.#helper
    this.#helper = undefined
    helper?.kill()
  }
}

/** What libsecret and D-Bus say, as measured (notes/keychain.md §4). Only a sentence depends on it. */
const SAID: readonly (readonly [RegExp, Trouble])[] = [
  [/autolaunch|could not connect|DBUS_SESSION_BUS_ADDRESS/i, 'no_bus'],
  [/not provided by any|no such interface|ServiceUnknown/i, 'no_service'],
  [/locked collection|is locked|object does not exist/i, 'locked'],
  [/dismissed|cancell?ed/i, 'cancelled'],
  [/session wrapping|connection is closed|no longer|disconnected/i, 'lost'],
  [/timeout|timed out/i, 'slow'],
]

/** @param text an error of keytar, which has no codes */
export const troubleIn = (text: string): Trouble =>
  SAID.find(([words]) => words.test(text))?.[1] ?? 'failing'
