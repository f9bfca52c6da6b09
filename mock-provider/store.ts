import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider'
import type { Clock } from '../clock/clock.ts'
import { DAY, fromSeconds, type Moment, toSeconds } from '../clock/moment.ts'
import type { Policy } from './config.ts'
import type { GrantFate } from './dialect/b2c/grant-fate.ts'

/** What the engine remembers, as the control API looks at it. */
export interface Row {
  /** The policy; empty for what belongs to the whole tenant. */
  readonly scope: string
  readonly model: string
  readonly id: string
  readonly payload: AdapterPayload
  readonly until: Moment | undefined
  /** Nobody may use it any more. */
  revoked?: true
}

/** One session for the whole tenant, whatever the policy (B2C's default SSO scope). */
const TENANT_WIDE: ReadonlySet<string> = new Set(['Session', 'Grant'])

/** Remembered when they are dead, so that it can be said why they are refused. */
const REMEMBERED: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken'])

const REMEMBERED_FOR = 400 * DAY

/** Of all the dead, these many are remembered: the newest. */
const MOST_DEAD = 1_000

/** Looking for dead rows costs a walk through all: so often is enough. */
const SWEEP_EVERY = 1_000

/** What the engines of all policies remember, in memory; judged by our clock, not by a timer. */
export class Store {
  readonly #clock: Clock
  readonly #rows = new Map<string, Row>()
  /** The keys of what the engine also finds by another name: sessions. */
  readonly #byUid = new Map<string, string>()
  #writes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  adapterFor(policy: string): AdapterFactory {
    return (model) => this.#adapter(TENANT_WIDE.has(model) ? '' : policy, model)
  }

  #adapter(scope: string, model: string): Adapter {
    const prefix = `${scope}|${model}|`
    const remembered = REMEMBERED.has(model)
    return {
      upsert: async (id, payload, expiresIn) => {
        const life = expiresIn && fromSeconds(expiresIn) + (remembered ? REMEMBERED_FOR : 0)
        const until = life ? this.#clock.now() + life : undefined
        this.#rows.set(prefix + id, { scope, model, id, payload, until })
        if (payload.uid !== undefined) this.#byUid.set(prefix + payload.uid, prefix + id)
        if (++this.#writes % SWEEP_EVERY === 0) this.#sweep()
      },
      find: async (id) => this.#live(prefix + id),
      findByUid: async (uid) => {
        const key = this.#byUid.get(prefix + uid)
        return key === undefined ? undefined : this.#live(key)
      },
      // The device flow's; B2C has none.
      findByUserCode: async () => undefined,
      destroy: async (id) => {
        this.#rows.delete(prefix + id)
      },
      consume: async (id) => {
        // B2C gives out a new refresh token at each use, and goes on honouring the old one.
        if (model === 'RefreshToken') return
        const payload = this.#live(prefix + id)
        if (payload) payload.consumed = toSeconds(this.#clock.now())
      },
      revokeByGrantId: async (grantId) => this.revokeGrant(grantId),
    }
  }

  /** All that is alive of one of the engine's models. */
  rows(model: string): readonly Row[] {
    const now = this.#clock.now()
    return [...this.#rows.values()].filter(
      (row) =>
        row.model === model && !isDead(row, now) && (row.until === undefined || row.until > now),
    )
  }

  remove({ scope, model, id }: Row): void {
    this.#rows.delete(`${scope}|${model}|${id}`)
  }

  /** All that was given out together. */
  revokeGrant(grantId: string): void {
    for (const row of this.#rows.values()) {
      if (row.payload.grantId === grantId) row.revoked = true
    }
  }

  clear(): void {
    this.#rows.clear()
    this.#byUid.clear()
  }

  /** What became of a code or a refresh token that a policy refuses. */
  fateOf(token: string, { id: policy }: Pick<Policy, 'id'>): GrantFate {
    for (const { scope, model, id, payload, revoked } of this.#rows.values()) {
      if (id !== token || !REMEMBERED.has(model)) continue
      if (scope !== policy) return { kind: 'of-another-policy', policy: scope }
      if (revoked || payload.consumed) return { kind: 'revoked' }
      const { iat: issued = 0, exp: expires = 0 } = payload
      return fromSeconds(expires) > this.#clock.now()
        ? { kind: 'alive' }
        : { kind: 'expired', issued, expires }
    }
    return { kind: 'unknown' }
  }

  #live(key: string): AdapterPayload | undefined {
    const row = this.#rows.get(key)
    if (!row || row.revoked) return undefined
    if (row.until === undefined || row.until > this.#clock.now()) return row.payload
    this.#rows.delete(key)
    return undefined
  }

  #sweep(): void {
    const now = this.#clock.now()
    let dead = 0
    for (const [key, row] of [...this.#rows].reverse()) {
      const over = row.until !== undefined && row.until <= now
      if (over || (isDead(row, now) && ++dead > MOST_DEAD)) this.#rows.delete(key)
    }
    for (const [uid, key] of this.#byUid) if (!this.#rows.has(key)) this.#byUid.delete(uid)
  }
}

const isDead = ({ revoked, payload: { consumed, exp } }: Row, now: Moment): boolean =>
  revoked === true || consumed !== undefined || (exp !== undefined && fromSeconds(exp) <= now)
