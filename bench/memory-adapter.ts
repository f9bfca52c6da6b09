import type { Adapter, AdapterPayload } from 'oidc-provider'
import { SystemClock } from '../clock/clock.ts'
import { SECOND } from '../clock/moment.ts'

const clock = new SystemClock()

/**
 * An adapter for oidc-provider that keeps everything in a `Map` of each model: the least that its
 * contract allows. Its own one forgets after a thousand entries and keeps more indexes.
 */
export class MemoryAdapter implements Adapter {
  readonly #records = new Map<string, { payload: AdapterPayload; endsAt: number }>()

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const endsAt = expiresIn > 0 ? clock.now() + expiresIn * SECOND : Number.POSITIVE_INFINITY
    this.#records.set(id, { payload, endsAt })
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const record = this.#records.get(id)
    if (record && record.endsAt > clock.now()) return record.payload
    this.#records.delete(id)
    return undefined
  }

  async consume(id: string): Promise<void> {
    const record = this.#records.get(id)
    if (record) record.payload.consumed = Math.floor(clock.now() / SECOND)
  }

  async destroy(id: string): Promise<void> {
    this.#records.delete(id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, { payload }] of this.#records) {
      if (payload.grantId === grantId) this.#records.delete(id)
    }
  }

  // Neither sessions nor device codes are in the measured path.
  async findByUid(): Promise<undefined> {}

  async findByUserCode(): Promise<undefined> {}
}
