import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'
import type { Clock } from '../clock/clock.ts'
import { fromSeconds, type Moment, toSeconds } from '../clock/moment.ts'

interface Row {
  readonly payload: AdapterPayload
  readonly until: Moment | undefined
}

/** One session for the whole tenant, whatever the policy (B2C's default SSO scope). */
const TENANT_WIDE: ReadonlySet<string> = new Set(['Session', 'Grant'])

/** Looking for dead rows costs a walk through all: so often is enough. */
const SWEEP_EVERY = 1_000

/** What the engines of all policies remember, in memory; judged by our clock, not by a timer. */
export class Store {
  readonly #clock: Clock
  readonly #rows = new Map<string, Row>()
  #writes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  adapterFor(policy: string): AdapterFactory {
    return (model) => this.#adapter(TENANT_WIDE.has(model) ? '' : policy, model)
  }

  #adapter(scope: string, model: string): Adapter {
    const prefix = `${scope}|${model}|`
    return {
      upsert: async (id, payload, expiresIn) => {
        const until = expiresIn ? this.#clock.now() + fromSeconds(expiresIn) : undefined
        this.#rows.set(prefix + id, { payload, until })
        if (++this.#writes % SWEEP_EVERY === 0) this.#sweep()
      },
      find: async (id) => this.#live(prefix + id),
      findByUid: async (uid) => {
        for (const [key, { payload }] of this.#rows) {
          if (key.startsWith(prefix) && payload.uid === uid) return this.#live(key)
        }
        return undefined
      },
      // The device flow's; B2C has none.
      findByUserCode: async () => undefined,
      destroy: async (id) => {
        this.#rows.delete(prefix + id)
      },
      consume: async (id) => {
        const payload = this.#live(prefix + id)
        if (payload) payload.consumed = toSeconds(this.#clock.now())
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of this.#rows) {
          if (payload.grantId === grantId) this.#rows.delete(key)
        }
      },
    }
  }

  #live(key: string): AdapterPayload | undefined {
    const row = this.#rows.get(key)
    if (!row) return undefined
    if (row.until === undefined || row.until > this.#clock.now()) return row.payload
    this.#rows.delete(key)
    return undefined
  }

  #sweep(): void {
    for (const key of this.#rows.keys()) this.#live(key)
  }
}
