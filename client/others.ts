import * as v from 'valibot'
import { ADDRESSES } from '../protocol/addresses.ts'
import { fromErrorBody } from '../protocol/error-body.ts'
import type { LatchkeyError } from '../protocol/errors.ts'
import { MyAccounts } from '../protocol/my-accounts.ts'
import { EndedSessions, MyDevices } from '../protocol/my-devices.ts'
import { type DisableLogins, MyLogins } from '../protocol/my-logins.ts'
import type { FetchOutcome } from './attach.ts'
import type { Engine } from './engine.ts'
import { type Problem, UNREACHABLE } from './problem.ts'
import type { State } from './state.ts'

/** What is known of the person beyond this device; what is missing, the site was not asked yet. */
export const Known = v.object({
  devices: v.optional(MyDevices.entries.devices),
  /** For whom the person may act; the one in use is marked. */
  accounts: v.optional(MyAccounts.entries.accounts),
  logins: v.optional(MyLogins),
})

export type Known = v.InferOutput<typeof Known>

/** What was read, and for whom. */
export interface Read {
  /** The person's id. */
  readonly of: string | undefined
  readonly known: Known
}

/**
 * The person's other devices, their accounts and their logins: read from the site, changed at the site. A wish
 * comes to nothing that needs saying, or to a {@link Problem}.
 */
export class Others {
  readonly #engine: Engine
  readonly #site: string
  #read: Read

  /** @param earlier what a process before this one read */
  constructor(engine: Engine, site: string, earlier: Read = { of: undefined, known: {} }) {
    this.#engine = engine
    this.#site = site.replace(/\/$/, '')
    this.#read = earlier
  }

  /** Of the person who is signed in now, and of nobody else. */
  get known(): Known {
    const { of, known } = this.#read
    return of !== undefined && of === userIn(this.#engine.state) ? known : {}
  }

  /** Reads all; what can't be read just now stays as it was. */
  async load(): Promise<void> {
    const of = userIn(this.#engine.state)
    const [devices, logins, accounts] = await Promise.all([
      this.#get('myDevices', MyDevices),
      this.#get('myLogins', MyLogins),
      this.#get('myAccounts', MyAccounts),
    ])
    const known = { ...this.known, ...devices, ...accounts, ...(logins && { logins }) }
    this.#read = { of, known }
  }

  endDevice(id: string): Promise<Problem | undefined> {
    return this.#wish('DELETE', `${ADDRESSES.myDevices}/${encodeURIComponent(id)}`, EndedSessions)
  }

  endOthers(): Promise<Problem | undefined> {
    return this.#wish('POST', `${ADDRESSES.myDevices}/end-others`, EndedSessions)
  }

  disableLogins(mode: DisableMode): Promise<Problem | undefined> {
    return this.#wish('POST', `${ADDRESSES.myLogins}/disable`, MyLogins, { mode })
  }

  async switchAccount(id: string): Promise<Problem | undefined> {
    // What the network throws is no different from an answer that never came.
    const outcome = await this.#engine.switchAccount(id).catch(() => undefined)
    switch (outcome?.kind) {
      case 'ok':
      // An ended session is told by the state, with its reason.
      case 'ended':
        return undefined
      case 'refused':
        return refused(outcome.error)
      case 'retry_later':
      case undefined:
        return UNREACHABLE
    }
  }

  async #get<Shape extends v.GenericSchema>(
    name: 'myDevices' | 'myLogins' | 'myAccounts',
    shape: Shape,
  ): Promise<v.InferOutput<Shape> | undefined> {
    const outcome = await this.#ask('GET', ADDRESSES[name])
    if (outcome?.kind !== 'ok') return undefined
    const read = v.safeParse(shape, await bodyOf(outcome.response))
    return read.success ? read.output : undefined
  }

  async #wish(
    method: 'POST' | 'DELETE',
    path: string,
    shape: v.GenericSchema,
    body?: unknown,
  ): Promise<Problem | undefined> {
    const outcome = await this.#ask(method, path, body)
    if (outcome?.kind === 'ended') return undefined
    if (outcome?.kind !== 'ok') return UNREACHABLE
    const answer = await bodyOf(outcome.response)
    if (outcome.response.ok && v.safeParse(shape, answer).success) return undefined
    return refused(fromErrorBody(answer))
  }

  async #ask(method: string, path: string, body?: unknown): Promise<FetchOutcome | undefined> {
    const init =
      body === undefined
        ? { method }
        : {
            method,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }
    // What the network throws is no different from an answer that never came.
    return this.#engine.fetch(this.#site + path, init).catch(() => undefined)
  }
}

type DisableMode = v.InferOutput<typeof DisableLogins>['mode']

const userIn = (state: State): string | undefined => ('me' in state ? state.me?.user.id : undefined)

const bodyOf = (response: Response): Promise<unknown> => response.json().catch(() => undefined)

function refused(error: LatchkeyError | undefined): Problem {
  if (error?.code === 'insufficient_user_authentication') {
    return {
      sentence:
        'For this, sign in again first: it shows that it is you. Then ask for it once more.',
      signInFirst: true,
    }
  }
  return { sentence: error?.message ?? 'Our site did not do it, and did not say why. Try again.' }
}
