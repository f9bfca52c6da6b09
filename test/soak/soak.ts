import { setTimeout as rest } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { SystemClock } from '../../clock/clock.ts'
import { DAY, type Duration, HOUR, MINUTE, SECOND, toSeconds } from '../../clock/moment.ts'
import { DEFAULT_PLANS } from '../../idp/plans/catalogue.ts'
import { type Newcomer, PASSWORD } from '../../playground/people.ts'
import type { Weight } from '../../playground/site/orders.ts'
import { presentCopied } from '../../playground/stories/thief.ts'
import { World } from '../../playground/world.ts'
import type { AuditPage } from '../../protocol/audit.ts'
import { Chance } from './chance.ts'
import { Device } from './device.ts'
import { Gate } from './gate.ts'
import { Ledger, type Lifetimes } from './ledger.ts'
import { growthOf, inMib } from './memory.ts'
import { badNetwork, CALM, ROUGH, type Weather } from './network.ts'
import { Person } from './person.ts'
import { SharedTime } from './time.ts'

export interface SoakOptions {
  readonly folder: string
  /** The folder of the bundled programs. */
  readonly programs: URL
  /** Real time. */
  readonly duration: Duration
  readonly sessions: number
  readonly seed: number
  /** Of sessions: short ones let a short run meet every deadline. */
  readonly lifetimes: Lifetimes
  readonly say: (line: string) => void
}

export interface SoakReport {
  /** Broken promises, in words. */
  readonly broken: readonly string[]
  readonly virtualDays: number
  /** Of the site, and of the service. */
  readonly kills: number
  readonly serviceKills: number
  readonly signIns: number
  readonly uses: number
  readonly checks: number
  readonly ended: Readonly<Record<string, number>>
  /** What the site held while nobody was killed, in the order of the looks. */
  readonly weights: readonly Weight[]
}

const DEVICES_EACH = 4

/** Between two looks at what the site holds. */
const LOOK: Duration = 5 * SECOND

/** Of the whole, in which the site is killed now and then; then it lives on, to be measured. */
const KILLING = 0.6

/**
 * Mixed load on the real parties, with a bad network, killed processes and a clock that moves: every
 * device keeps a ledger of what it was promised.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const run = new Soak(options)
  try {
    return await run.play()
  } finally {
    await run.end()
  }
}

class Soak {
  readonly #options: SoakOptions
  readonly #chance: Chance
  readonly #real = new SystemClock()
  readonly #ledger: Ledger
  readonly #gate = new Gate()
  readonly #people: Person[] = []
  readonly #weights: Weight[] = []
  #weight: Weight | undefined
  readonly #world: World
  #time = new SharedTime('')
  #weather: Weather = CALM
  #killing = false
  #over = false
  #counts = { kills: 0, serviceKills: 0, signIns: 0, uses: 0, checks: 0 }

  constructor(options: SoakOptions) {
    this.#options = options
    const { idle, absolute } = options.lifetimes
    this.#ledger = new Ledger(options.lifetimes)
    this.#chance = new Chance(options.seed)
    const people = Math.ceil(options.sessions / DEVICES_EACH)
    this.#world = new World({
      ports: 'free',
      data: options.folder,
      programs: options.programs,
      newcomers: Array.from({ length: people }, (_, index) => newcomer(index)),
      siteSettings: {
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'warn',
        IDLE_TTL: `${idle / HOUR}h`,
        ABSOLUTE_TTL: `${absolute / HOUR}h`,
      },
      died: (sentence) => {
        if (!this.#killing) this.#ledger.broken.push(sentence)
      },
    })
  }

  async play(): Promise<SoakReport> {
    const { duration, sessions, say } = this.#options
    await this.#world.start()
    const { console, site, service } = this.#world.addresses
    this.#time = new SharedTime(console)
    const parts = {
      site,
      service,
      password: PASSWORD,
      clock: this.#real,
      time: this.#time,
      ledger: this.#ledger,
      network: badNetwork(this.#chance, () => this.#weather),
    }
    for (let index = 0; index < sessions; index++) {
      const email = newcomer(Math.floor(index / DEVICES_EACH)).email
      const person = this.#people.find((known) => known.email === email) ?? this.#newPerson(email)
      person.devices.push(new Device({ ...parts, email }))
    }
    await this.#inTurns(this.#people, (person) => this.#signAllIn(person))
    say(`${sessions} devices are signed in`)
    this.#weather = ROUGH
    const began = this.#real.elapsed()
    const left = () => duration - (this.#real.elapsed() - began)
    const loops = [
      ...this.#people.flatMap((person) =>
        person.devices.map((device) => this.#live(person, device)),
      ),
      this.#moveTime(),
      this.#kill(() => left() > duration * (1 - KILLING)),
      this.#measure(() => left() < duration * (1 - KILLING)),
      this.#check(),
    ]
    let minutes = 0
    while (left() > 0 && this.#ledger.broken.length === 0) {
      await rest(Math.min(left(), SECOND))
      if ((duration - left()) / MINUTE >= minutes + 1) say(this.#progress(++minutes))
    }
    this.#over = true
    await Promise.all(loops)
    await this.#lookClosely()
    await this.#readTheLog()
    const growth = growthOf(this.#weights)
    if (growth !== undefined) this.#ledger.broken.push(growth)
    return {
      broken: this.#ledger.broken,
      virtualDays: Math.round(this.#time.moved / DAY),
      ...this.#counts,
      ended: Object.fromEntries(this.#ledger.ended),
      weights: this.#weights,
    }
  }

  async end(): Promise<void> {
    this.#over = true
    this.#killing = true
    await this.#world.stop()
  }

  #newPerson(email: string): Person {
    const person = new Person(email, this.#ledger)
    this.#people.push(person)
    return person
  }

  async #signAllIn(person: Person): Promise<void> {
    for (const device of person.devices) {
      this.#counts.signIns += 1
      if ((await person.signIn(device)) !== 'ok') {
        throw new Error(`${person.email} can't sign in although all is well.`)
      }
    }
  }

  /** A device's life: used, killed, asleep, signed out, and at times its person does something to all. */
  async #live(person: Person, device: Device): Promise<void> {
    while (!this.#over) {
      const asleep = this.#chance.happens(0.02)
      await rest(
        asleep
          ? this.#chance.between(3 * SECOND, 15 * SECOND)
          : this.#chance.between(200, 3 * SECOND),
      )
      if (this.#over) return
      await this.#gate.through(() => this.#step(person, device))
    }
  }

  async #step(person: Person, device: Device): Promise<void> {
    if (device.session === undefined) {
      if (person.shutOut) return
      this.#counts.signIns += 1
      await person.signIn(device)
      return
    }
    const what = this.#chance.next()
    if (what < 0.7) await this.#use(device)
    else if (what < 0.8) await device.engine.refresh()
    else if (what < 0.9) await device.crash()
    else if (what < 0.93) await this.#signOut(person, device)
    else if (what < 0.955) await this.#endAnother(person, device)
    else if (what < 0.965) await this.#endOthers(person, device)
    else if (what < 0.97) await this.#steal(person, device)
    else if (what < 0.975) await this.#reset(person, device)
    else if (what < 0.98) await this.#switchOff(person, device)
    else if (what < 0.984) await this.#closeAccount(person, device)
    else if (what < 0.99) await this.#changePlan(device)
    else await device.engine.me().catch(() => {})
  }

  async #use(device: Device): Promise<void> {
    this.#counts.uses += 1
    // A service that is away is its trouble, not the session's.
    await device.engine.fetch(`${this.#world.addresses.service}/hello`).catch(() => {})
  }

  async #signOut(person: Person, device: Device): Promise<void> {
    const { session } = device
    if (session === undefined) return
    // Done here at once; the site is told when it can be reached, which nobody here waits for.
    await person.end([session], 'signed_out', async () => {
      await device.engine.signOut()
      return false
    })
  }

  async #endAnother(person: Person, device: Device): Promise<void> {
    const other = this.#chance.oneOf(person.sessions.filter((id) => id !== device.session))
    if (other === undefined) return
    await person.end([other], 'signed_out_elsewhere', () =>
      this.#ask(device, 'DELETE', `/me/devices/${other}`),
    )
  }

  async #endOthers(person: Person, device: Device): Promise<void> {
    const others = person.sessions.filter((id) => id !== device.session)
    await person.end(others, 'signed_out_elsewhere', () =>
      this.#ask(device, 'POST', '/me/devices/end-others'),
    )
  }

  async #ask(device: Device, method: string, path: string): Promise<boolean> {
    const outcome = await device.engine
      .fetch(this.#world.addresses.site + path, { method })
      .catch(() => undefined)
    return outcome?.kind === 'ok' && outcome.response.ok
  }

  /** A copy of the token, with another key: that session ends, and no other. */
  async #steal(person: Person, device: Device): Promise<void> {
    const { session, refreshToken } = device
    if (session === undefined || refreshToken === undefined) return
    await person.end([session], 'device_mismatch', async () => {
      const told = await presentCopied(this.#world.addresses.site, refreshToken).catch(() => {
        // The site was killed meanwhile: it may have happened, or not.
      })
      return told?.reason === 'device_mismatch'
    })
  }

  async #reset(person: Person, device: Device): Promise<void> {
    const userId = userOf(device)
    await person.end(person.sessions, 'password_reset', () =>
      this.#admin('POST', `/admin/users/${userId}/password-reset`),
    )
  }

  async #switchOff(person: Person, device: Device): Promise<void> {
    const path = `/admin/users/${userOf(device)}/logins`
    await this.#shutOut(
      person,
      () =>
        person.end(person.sessions, 'logins_disabled', () =>
          this.#admin('POST', `${path}/disable`, { mode: 'now' }),
        ),
      () => this.#admin('POST', `${path}/enable`),
    )
  }

  async #closeAccount(person: Person, device: Device): Promise<void> {
    const path = `/admin/accounts/${accountOf(device)}`
    await this.#shutOut(
      person,
      () =>
        person.end(person.sessions, 'account_closed', () =>
          this.#admin('POST', `${path}/close`, { reason: 'not_used' }),
        ),
      () => this.#admin('POST', `${path}/reopen`),
    )
  }

  /** One at a time for each person: what one lets in again, another may have shut out meanwhile. */
  async #shutOut(
    person: Person,
    shut: () => Promise<boolean>,
    open: () => Promise<boolean>,
  ): Promise<void> {
    if (person.shutOut) return
    person.shutOut = true
    await shut()
    await rest(this.#chance.between(0, 2 * SECOND))
    while (!(await open())) await rest(SECOND / 4)
    person.shutOut = false
  }

  /** Changes nothing about who is signed in; tokens say so softly, from the next refresh. */
  async #changePlan(device: Device): Promise<void> {
    await this.#admin('POST', `/admin/accounts/${accountOf(device)}/subscription/paid`, {
      plan: this.#chance.oneOf(DEFAULT_PLANS)?.name,
      period_ends_at: toSeconds(this.#time.atMost + 30 * DAY),
    })
  }

  async #admin(method: string, path: string, body?: unknown): Promise<boolean> {
    try {
      const answer = await fetch(this.#world.addresses.site + path, {
        method,
        headers: {
          authorization: `Bearer ${this.#world.adminKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      })
      await answer.body?.cancel()
      return answer.ok
    } catch {
      return false
    }
  }

  /** Mostly a little; now and then days, and seldom so far that everything idle runs out. */
  async #moveTime(): Promise<void> {
    while (!this.#over) {
      await rest(this.#chance.between(SECOND, 3 * SECOND))
      if (this.#over) return
      const what = this.#chance.next()
      const by =
        what < 0.6
          ? this.#chance.between(MINUTE, 3 * HOUR)
          : what < 0.99
            ? this.#chance.between(3 * HOUR, 3 * DAY)
            : this.#chance.between(13 * DAY, 16 * DAY)
      await this.#gate.through(() => this.#time.advance(by))
    }
  }

  async #kill(wanted: () => boolean): Promise<void> {
    while (!this.#over && wanted()) {
      await rest(this.#chance.between(4 * SECOND, 15 * SECOND))
      if (this.#over || !wanted()) return
      const service = this.#chance.happens(0.3)
      await this.#gate.through(() => this.#killParty(service ? 'service' : 'site'))
      this.#counts[service ? 'serviceKills' : 'kills'] += 1
    }
  }

  async #killParty(name: 'site' | 'service'): Promise<void> {
    const party = this.#world.party(name)
    if (party.pid === undefined) return
    this.#killing = true
    process.kill(party.pid, 'SIGKILL')
    while (party.state !== 'stopped') await rest(5)
    // A service that was away hears later of what ended meanwhile.
    if (name === 'service') await rest(this.#chance.between(0, 5 * SECOND))
    await party.start()
    this.#killing = false
  }

  async #measure(wanted: () => boolean): Promise<void> {
    while (!this.#over) {
      await rest(LOOK)
      const weight = await this.#world.weighSite()
      if (weight === undefined) continue
      this.#weight = weight
      if (wanted()) this.#weights.push(weight)
    }
  }

  async #check(): Promise<void> {
    while (!this.#over) {
      await rest(this.#chance.between(15 * SECOND, 40 * SECOND))
      if (!this.#over) await this.#lookClosely()
    }
  }

  /** Everybody stands still: what ended is refused by the service, what lives is taken. */
  async #lookClosely(): Promise<void> {
    await this.#gate.alone(async () => {
      const weather = this.#weather
      this.#weather = CALM
      // What could not be delivered at once is tried again after 5 s and 5 min.
      for (const wait of [6 * SECOND, 6 * MINUTE]) await this.#time.advance(wait)
      const devices = this.#people.flatMap((person) => person.devices)
      await this.#inTurns(devices, (device) => this.#checkAtService(device))
      this.#weather = weather
      this.#counts.checks += 1
    })
  }

  async #checkAtService(device: Device): Promise<void> {
    const { newestAccessToken } = device
    if (newestAccessToken === undefined) return
    const { sid, exp = 0 } = decodeJwt<{ sid: string }>(newestAccessToken)
    if (exp * SECOND <= this.#time.atMost + SECOND) return
    const { status, reason } = await this.#answerOfService(device)
    this.#ledger.heardFromService(sid, status, reason, this.#time.atMost)
  }

  /** A service that was started again serves nobody before it has caught up. */
  async #answerOfService(device: Device) {
    for (let tries = 0; ; tries++) {
      const answer = await device.callBare(`${this.#world.addresses.service}/hello`)
      if (answer.status !== 503 || tries === 100) return answer
      await rest(SECOND / 10)
    }
  }

  /** Nobody ended twice, in the site's own words. */
  async #readTheLog(): Promise<void> {
    const seen = new Set<string>()
    for (let before = ''; ; ) {
      const answer = await fetch(`${this.#world.addresses.site}/admin/audit?limit=100${before}`, {
        headers: { authorization: `Bearer ${this.#world.adminKey}` },
      })
      const { entries } = (await answer.json()) as AuditPage
      for (const { act, session_id } of entries) {
        if (act !== 'session_ended' || session_id === null) continue
        if (seen.has(session_id)) this.#ledger.broken.push(`${session_id} ended twice`)
        seen.add(session_id)
      }
      const last = entries.at(-1)
      if (!last || last.sequence === 1) return
      before = `&before=${last.sequence}`
    }
  }

  /** A few at a time: all at once would be another test. */
  async #inTurns<T>(things: readonly T[], work: (thing: T) => Promise<void>): Promise<void> {
    const queue = [...things]
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next)
    }
    await Promise.all(Array.from({ length: 8 }, worker))
  }

  #progress(minutes: number): string {
    const { kills, serviceKills, signIns, uses, checks } = this.#counts
    const weight = this.#weight
    const held = weight
      ? `${inMib(weight.held)} MiB with ${weight.records} records`
      : 'not weighed yet'
    const ended = [...this.#ledger.ended].map(([reason, times]) => `${reason} ${times}`).join(', ')
    return `minute ${minutes}: day ${(this.#time.moved / DAY).toFixed(0)}, ${kills} kills, ${serviceKills} of the service, ${signIns} sign-ins, ${uses} uses, ${checks} checks, ${held}; ended: ${ended}`
  }
}

const userOf = ({ newestAccessToken }: Device): string =>
  newestAccessToken === undefined ? '' : (decodeJwt(newestAccessToken).sub ?? '')

const accountOf = ({ newestAccessToken }: Device): string =>
  newestAccessToken === undefined
    ? ''
    : decodeJwt<{ account: { id: string } }>(newestAccessToken).account.id

const newcomer = (index: number): Newcomer => ({
  oid: `50a50000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  email: `person-${index}@example.test`,
  givenName: `Person ${index}`,
  name: `Person ${index}`,
})
