import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { type Duration, SECOND } from '../../clock/moment.ts'
import type { Address } from './target.ts'

/** An idle connection is let go before most servers let go of theirs (Node's: 5 s). */
const IDLE: Duration = 4 * SECOND

interface Kept {
  readonly leadsTo: string
  readonly agent: http.Agent
}

/**
 * One connection to each endpoint is kept for the next delivery, as long as its name leads to the same
 * addresses: one that was checked for other addresses serves nobody.
 */
export class Connections {
  readonly #kept = new Map<string, Kept>()

  /** An agent that connects to these addresses and to no others. */
  to(url: URL, addresses: readonly Address[]): http.Agent {
    const leadsTo = addresses.map(({ address }) => address).join(' ')
    const kept = this.#kept.get(url.href)
    if (kept?.leadsTo === leadsTo) return kept.agent
    kept?.agent.destroy()
    const options = { keepAlive: true, maxSockets: 1, timeout: IDLE, lookup: only(addresses) }
    const agent = url.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options)
    this.#kept.set(url.href, { leadsTo, agent })
    return agent
  }

  close(): void {
    for (const { agent } of this.#kept.values()) agent.destroy()
    this.#kept.clear()
  }
}

/** A look-up that looks nothing up: the connection must go to what was checked. */
const only =
  (addresses: readonly Address[]): LookupFunction =>
  (_host, options, found) => {
    const [first] = addresses
    if (options.all) found(null, [...addresses])
    else if (first) found(null, first.address, first.family)
  }
