import * as v from 'valibot'
import { type DeviceRegistration, RegisteredDevice } from '../protocol/devices.ts'
import { type DeviceKey, thumbprint } from '../protocol/dpop/key.ts'
import { type Held, without } from './held.ts'
import type { Journal } from './journal.ts'
import type { DeviceKeys, Log } from './ports.ts'
import type { Site, SiteAnswer } from './site.ts'

export interface RegisteredKey {
  readonly key: DeviceKey
  readonly deviceId: string
  readonly jkt: string
}

/** The device key of this installation, and its registration at the site (DESIGN §4 no. 1). */
export class Registration {
  readonly #journal: Journal
  readonly #keys: DeviceKeys
  readonly #site: Site
  readonly #device: DeviceRegistration
  readonly #log: Log
  #loaded: { readonly jkt: string; readonly key: DeviceKey } | undefined

  constructor(
    journal: Journal,
    keys: DeviceKeys,
    site: Site,
    device: DeviceRegistration,
    log: Log,
  ) {
    this.#journal = journal
    this.#keys = keys
    this.#site = site
    this.#device = device
    this.#log = log
  }

  /**
   * The key that what is held belongs to.
   *
   * @returns `undefined` when there is none, or when the platform lost it
   * @throws when it can't be read just now
   */
  async keyOf(held: Held): Promise<DeviceKey | undefined> {
    if (!held.device) return undefined
    const { jkt, keep } = held.device
    if (this.#loaded?.jkt === jkt) return this.#loaded.key
    const key = await this.#keys.load(keep)
    // Another key than the registered one would look like a theft to the site: as good as none.
    if (!key || (await thumbprint(await key.publicJwk())) !== jkt) return undefined
    this.#loaded = { jkt, key }
    return key
  }

  /** The key in use; read once, because it is needed with each request. */
  async current(): Promise<DeviceKey | undefined> {
    return this.#loaded?.key ?? this.keyOf(await this.#journal.read())
  }

  /**
   * Makes sure that this installation has a key and that the site knows it. The key is kept before
   * it is registered: after a crash between the two the same one is registered again.
   */
  async ensure(): Promise<RegisteredKey | Exclude<SiteAnswer, { kind: 'answer' }>> {
    const held = await this.#heldWithKey()
    const key = await this.keyOf(held)
    const { device } = held
    if (!key || !device) throw new Error('The new device key could not be read again: try again.')
    if (device.id !== undefined) return { key, deviceId: device.id, jkt: device.jkt }
    const answer = await this.#site.register(key, this.#device)
    if (answer.kind !== 'answer') return answer
    const registered = v.safeParse(RegisteredDevice, answer.body)
    if (!registered.success) {
      return { kind: 'unreachable', why: 'unexpected_answer', retryAfter: undefined }
    }
    const id = registered.output.device_id
    await this.#journal.update((now) =>
      now.device?.jkt === device.jkt ? { ...now, device: { ...now.device, id } } : now,
    )
    this.#log('info', 'device_registered', { device: id })
    return { key, deviceId: id, jkt: device.jkt }
  }

  async #heldWithKey(): Promise<Held> {
    const held = await this.#journal.read()
    if (await this.keyOf(held)) return held
    const { key, keep } = await this.#keys.create()
    const jkt = await thumbprint(await key.publicJwk())
    this.#log('info', 'device_key_created', { replaces: held.device !== undefined })
    return this.#journal.update((now) => {
      // Somebody else was faster: theirs is as good.
      if (now.device?.jkt !== held.device?.jkt) return now
      this.#loaded = { jkt, key }
      const device = keep === undefined ? { jkt } : { jkt, keep }
      // A session of the lost key can't be refreshed by anybody.
      return now.session ? { ...without(now, 'session'), device, ended: {} } : { ...now, device }
    })
  }
}

/** The site does not know this installation (any more): the next sign-in registers it anew. */
export const forgetRegistration = (held: Held): Held => {
  if (held.device?.id === undefined) return held
  const { id: _, ...device } = held.device
  return { ...held, device }
}
