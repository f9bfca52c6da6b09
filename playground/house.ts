import * as v from 'valibot'
import type { ClockHub, Happened } from '../clock/hub.ts'
import type { Duration, Moment } from '../clock/moment.ts'
import { fromErrorBody } from '../protocol/error-body.ts'
import { LatchkeyError } from '../protocol/errors.ts'
import {
  type ClientFault,
  FAULT_WORDS,
  FAULTS,
  type Fault,
  type FaultBoard,
  isAnswerFault,
  isProviderFault,
  PROVIDER_FAULTS,
} from './faults.ts'
import type { History } from './history/history.ts'
import type { Party } from './party.ts'
import type { ExchangeShown } from './requests/exchange.ts'
import { ProviderTrail, TrailPage } from './requests/trail.ts'
import { type Due, PARTIES, type PartyName, type PartyShown, type Scene } from './scene.ts'
import type { Feed } from './site/feed.ts'
import { ANSWER_FAULTS, type FaultMode, type Order } from './site/orders.ts'
import { deliveriesShown, peopleShown } from './site/people-shown.ts'
import { upcoming } from './site/upcoming.ts'
import type { StoryName } from './stories/named/names.ts'
import { playStory } from './stories/named/plays.ts'

/** How many due moments and deliveries a scene tells of. */
const MOST_DUE = 100
const MOST_DELIVERIES = 100

export interface HouseOptions {
  readonly hub: ClockHub
  readonly history: History
  readonly feed: Feed
  readonly faults: FaultBoard
  /** Wipes everything and begins anew. */
  readonly reset: () => Promise<void>
  readonly party: (name: PartyName) => Pick<Party, 'state' | 'start' | 'stop'> | undefined
  readonly say: (order: Order) => boolean
  readonly addresses: () => Readonly<Record<PartyName, string>>
  readonly console: () => string
  readonly adminKey: string
}

const WHAT = {
  provider: 'the identity provider, played by a mock of Azure AD B2C',
  site: 'our site',
  service: 'a sample service that trusts our site',
} as const satisfies Record<PartyName, string>

/** Everything that the console shows and does, whether by hand or by HTTP. */
export class House {
  readonly hub: ClockHub
  readonly history: History
  readonly #options: HouseOptions
  readonly #listeners = new Set<() => void>()
  readonly #down = new Set<PartyName>()
  readonly #trail = new ProviderTrail()
  #playing = false

  constructor(options: HouseOptions) {
    this.hub = options.hub
    this.history = options.history
    this.#options = options
    options.hub.watch(() => this.changed())
  }

  /** How everything stands now. */
  scene(): Scene {
    const { hub, feed, faults } = this.#options
    return {
      epoch: hub.tick.epoch,
      now_ms: hub.now(),
      offset_ms: hub.offset,
      parties: this.parties(),
      people: peopleShown(feed.mirror),
      due: this.due().slice(0, MOST_DUE),
      deliveries: deliveriesShown(feed.mirror, MOST_DELIVERIES, (eventId) =>
        feed.requests.signatureOf(eventId),
      ),
      provider_trail: [...this.#trail.shown],
      faults: FAULTS.map((fault) => {
        const [name, says] = FAULT_WORDS[fault]
        return { fault, name, says, mode: faults.mode(fault) }
      }),
    }
  }

  /** Messages of the protocol with a greater number. */
  requests(after: number): readonly ExchangeShown[] {
    return this.#options.feed.requests.after(after)
  }

  parties(): PartyShown[] {
    const { hub, party, addresses } = this.#options
    return PARTIES.map((name) => ({
      name,
      what: WHAT[name],
      url: addresses()[name],
      state: party(name)?.state ?? 'stopped',
      follows: hub.parties.includes(name),
    }))
  }

  /** What happens next by itself; of the site by name, of the others as they plan it. */
  due(): Due[] {
    const { hub, feed } = this.#options
    const others = hub.plans.filter(({ party }) => party !== 'site')
    return [...upcoming(feed.mirror), ...others].sort((a, b) => a.at - b.at)
  }

  /** Resolves once everything is known that the site did before. */
  caughtUp(): Promise<void> {
    return this.#options.feed.caughtUp()
  }

  /** Moves the clock; what came due on the way is known when this resolves. */
  async advance(by: Duration): Promise<readonly Happened[]> {
    const from = this.hub.now()
    const happened = await this.hub.advance(by)
    await this.caughtUp()
    this.history.add([
      ...happened.map(({ at, party, name }) => ({ kind: 'came_due', at, party, name }) as const),
      { kind: 'clock_moved', at: this.hub.now(), from },
    ])
    this.changed()
    return happened
  }

  /** @throws LatchkeyError `invalid_request` when that moment has passed */
  advanceTo(at: Moment): Promise<readonly Happened[]> {
    const by = at - this.hub.now()
    if (by > 0) return this.advance(by)
    return Promise.reject(
      new LatchkeyError('invalid_request', 'The clock moves forward only: that moment has passed.'),
    )
  }

  async reset(): Promise<void> {
    await this.#options.reset()
    this.changed()
  }

  /** The world is being wiped: nothing happened in the next one yet. */
  forget(): void {
    this.history.clear()
    this.#options.feed.requests.clear()
    this.#down.clear()
  }

  async setFault(fault: Fault, mode: FaultMode): Promise<void> {
    if (isAnswerFault(fault)) {
      if (!this.#options.say({ fault, mode })) throw isDown('site')
    } else if (isProviderFault(fault)) {
      await this.#askProvider('PUT', `/control/faults/${fault}`, { mode })
    }
    this.#options.faults.set(fault, mode)
    this.history.add([{ kind: 'fault', at: this.hub.now(), fault, mode }])
    this.changed()
  }

  /** A client asks whether its machine is to fail now. */
  takeFault(fault: ClientFault): boolean {
    const mode = this.#options.faults.mode(fault)
    if (mode === 'next') this.faultMet(fault)
    return mode !== 'off'
  }

  /** The provider has answered something: it says why, and a fault that waited for that may be over. */
  async providerAnswered(): Promise<void> {
    const { faults } = this.#options
    const page = await this.#askProvider('GET', `/control/trail?after=${this.#trail.last}`)
    this.#trail.add(v.parse(TrailPage, page).entries)
    this.changed()
    if (!faults.isWaiting(PROVIDER_FAULTS)) return
    const told = v.parse(ProviderFaults, await this.#askProvider('GET', '/control/faults'))
    for (const { fault, mode } of told) {
      const known = PROVIDER_FAULTS.find((one) => one === fault)
      if (known && mode === 'off' && faults.mode(known) === 'next') this.faultMet(known)
    }
  }

  /** A fault for one request has had it. */
  faultMet(fault: Fault): void {
    this.#options.faults.set(fault, 'off')
    this.history.add([{ kind: 'fault', at: this.hub.now(), fault, mode: 'met' }])
    this.changed()
  }

  /** Takes a party down, or brings it up again on its port, with what it had stored. */
  async turn(name: PartyName, to: 'up' | 'down'): Promise<void> {
    const party = this.#options.party(name)
    if (!party) throw isDown(name)
    if (to === 'down') await party.stop()
    else if (party.state === 'stopped') await party.start()
  }

  /**
   * Plays a story, one at a time; resolves when it held.
   *
   * @throws LatchkeyError with what did not
   */
  async play(name: StoryName): Promise<void> {
    if (this.#playing) {
      throw new LatchkeyError('invalid_request', 'A story is being played: let it come to its end.')
    }
    this.#playing = true
    const { site, service } = this.#options.addresses()
    try {
      await playStory(name, { idp: site, api: service, console: this.#options.console() })
      await this.caughtUp()
    } finally {
      this.#playing = false
    }
  }

  /** A party came up or went down. */
  partyChanged(name: PartyName, state: Party['state']): void {
    // That all come up at the start is no news.
    const news =
      state === 'stopped' ? !this.#down.has(name) : state === 'up' && this.#down.has(name)
    if (news && state !== 'starting') {
      this.history.add([{ kind: 'party', at: this.hub.now(), party: name, state }])
    }
    if (state === 'stopped') this.#down.add(name)
    if (state === 'up') this.#down.delete(name)
    if (state === 'stopped' && name === 'provider') this.#trail.clear()
    if (state === 'stopped' && name !== 'service') {
      this.#options.faults.forget(name === 'site' ? ANSWER_FAULTS : PROVIDER_FAULTS)
    }
    this.changed()
  }

  /**
   * Does something as those do who run the site, by its own admin address.
   *
   * @throws LatchkeyError with what the site said
   */
  async admin(method: string, path: string, body?: unknown): Promise<unknown> {
    const { adminKey, addresses } = this.#options
    const answer = await fetch(new URL(path, addresses().site), {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw isDown('site')
    })
    const told: unknown = await answer.json()
    if (!answer.ok) throw refusalOf(told)
    await this.caughtUp()
    return told
  }

  /** Calls back whenever the scene may be another one. */
  listen(tell: () => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }

  changed(): void {
    for (const tell of this.#listeners) tell()
  }

  async #askProvider(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(new URL(path, this.#options.addresses().provider), {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch(() => {
      throw isDown('provider')
    })
    const told: unknown = await answer.json()
    if (!answer.ok) throw new LatchkeyError('invalid_request', 'The provider did not take that.')
    return told
  }
}

/** Of what the provider says of its faults. */
const ProviderFaults = v.array(v.object({ fault: v.string(), mode: v.string() }))

const isDown = (party: PartyName) =>
  new LatchkeyError('temporarily_unavailable', `The ${party} is down: bring it up first.`)

const refusalOf = (told: unknown): LatchkeyError =>
  fromErrorBody(told) ?? new LatchkeyError('server_error', 'The site refused it.')
