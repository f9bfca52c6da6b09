import * as v from 'valibot'
import type { FetchOutcome } from '../../client/attach.ts'
import type { Engine } from '../../client/engine.ts'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { fromErrorBody } from '../../protocol/error-body.ts'
import { MyAccounts, SwitchedAccount } from '../../protocol/my-accounts.ts'
import { EndedSessions, MyDevices, type SignedInDevice } from '../../protocol/my-devices.ts'
import { MyLogins } from '../../protocol/my-logins.ts'

/** What a wish came to: nothing to say, or a sentence. */
export type WishOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'problem'; readonly sentence: string; readonly signInFirst: boolean }

const DONE: WishOutcome = { kind: 'done' }

/**
 * The person's other devices, their accounts and their logins: read from the site, changed at the site. Nothing of it
 * is kept beyond the end of the app.
 */
export class Others {
  readonly #engine: Engine
  readonly #site: string
  devices: readonly SignedInDevice[] | undefined
  logins: MyLogins | undefined
  accounts: MyAccounts['accounts'] | undefined

  constructor(engine: Engine, site: string) {
    this.#engine = engine
    this.#site = site.replace(/\/$/, '')
  }

  /** Somebody else may sign in next. */
  forget(): void {
    this.devices = undefined
    this.logins = undefined
    this.accounts = undefined
  }

  /** Reads all; what can't be read just now stays as it was. */
  async load(): Promise<void> {
    const [devices, logins, accounts] = await Promise.all([
      this.#read('myDevices', MyDevices),
      this.#read('myLogins', MyLogins),
      this.#read('myAccounts', MyAccounts),
    ])
    if (this.#engine.state.at === 'signed_out') return this.forget()
    this.devices = devices?.devices ?? this.devices
    this.logins = logins ?? this.logins
    this.accounts = accounts?.accounts ?? this.accounts
  }

  endDevice(id: string): Promise<WishOutcome> {
    return this.#wish('DELETE', `${ADDRESSES.myDevices}/${encodeURIComponent(id)}`, EndedSessions)
  }

  endOthers(): Promise<WishOutcome> {
    return this.#wish('POST', `${ADDRESSES.myDevices}/end-others`, EndedSessions)
  }

  /** The session acts for another account of the person from the next refresh on. */
  switchAccount(id: string): Promise<WishOutcome> {
    return this.#wish('POST', ADDRESSES.myAccount, SwitchedAccount, { account_id: id })
  }

  disableLogins(mode: 'now' | 'expiry'): Promise<WishOutcome> {
    return this.#wish('POST', `${ADDRESSES.myLogins}/disable`, MyLogins, { mode })
  }

  async #read<Shape extends v.GenericSchema>(
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
  ): Promise<WishOutcome> {
    const outcome = await this.#ask(method, path, body)
    // An ended session is told by the state, with its reason.
    if (outcome?.kind === 'ended') return DONE
    if (outcome?.kind !== 'ok') {
      return problem('Our site can’t be reached just now. Nothing was changed: try again.')
    }
    const answer = await bodyOf(outcome.response)
    if (outcome.response.ok && v.safeParse(shape, answer).success) return DONE
    const error = fromErrorBody(answer)
    if (error?.code === 'insufficient_user_authentication') {
      return problem(
        'For this, sign in again first: it shows that it is you. Then ask for it once more.',
        true,
      )
    }
    return problem(error?.message ?? 'Our site did not do it, and did not say why. Try again.')
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

const bodyOf = (response: Response): Promise<unknown> => response.json().catch(() => undefined)

const problem = (sentence: string, signInFirst = false): WishOutcome => ({
  kind: 'problem',
  sentence,
  signInFirst,
})
