import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DAY, HOUR, type Moment, SECOND } from '../../../clock/moment.ts'
import { decideRefresh, type RefreshDecision, rotated } from '../../../idp/sessions/rotation.ts'
import type { SessionView } from '../../../idp/sessions/standing.ts'
import type { Session } from '../../../idp/store/records.ts'
import { aMembership, anAccount, aSession, aUser, T0 } from '../store/records.ts'

/** The site's side of one session: decides, and writes what was decided. */
class Site {
  now: Moment = T0
  session: Session = aSession('s1', {
    jkt: 'owner',
    // Only the transitions of tokens are tried here, so the deadlines are far away.
    idle: 365 * DAY,
    absolute: 3_650 * DAY,
    tokens: { current: 'S0', confirmed: false, previous: null, displaced: [] },
  })
  /** Every secret that was ever made, the newest last. */
  readonly made: string[] = ['S0']

  present(secret: string, attempt: string | null, jkt: string): RefreshDecision {
    const view: SessionView = {
      session: this.session,
      user: aUser('u1'),
      account: anAccount('a1'),
      membership: aMembership('u1', 'a1'),
    }
    const presented = { secretHash: secret, attemptHash: attempt, jkt }
    const decision = decideRefresh(view, presented, this.now)
    if (decision.kind === 'end') {
      const { reason, actor, at } = decision
      this.session = { ...this.session, ended: { reason, actor, at } }
    }
    if (decision.kind === 'rotate') {
      const successor = `S${this.made.length}`
      this.made.push(successor)
      const tokens = rotated(this.session.tokens, {
        presented: secret,
        successor,
        attemptHash: attempt,
        sealed: attempt === null ? null : `answer with ${successor}`,
        displaces: decision.displaces,
        now: this.now,
      })
      this.session = { ...this.session, refreshedAt: this.now, tokens }
    }
    return decision
  }

  /** The access token that came with a secret is used at the site: its answer arrived. */
  use(secret: string): void {
    const { tokens } = this.session
    if (tokens && tokens.current === secret && !this.session.ended) {
      this.session = { ...this.session, tokens: { ...tokens, confirmed: true } }
    }
  }

  get newest(): string {
    return this.made.at(-1) ?? ''
  }
}

const secrets = fc.record({ back: fc.integer({ min: 0, max: 6 }), foreign: fc.boolean() })
const attempts = fc.constantFrom(null, 'a1', 'a2', 'a3')
const pause = fc.oneof(
  fc.integer({ min: 0, max: 20 * SECOND }),
  fc.integer({ min: 0, max: 10 * DAY }),
)

const presentation = (thieves: boolean) =>
  fc.record({
    pause,
    secret: secrets,
    attempt: attempts,
    jkt: thieves ? fc.constantFrom('owner', 'thief') : fc.constant('owner'),
    used: fc.boolean(),
  })

const secretOf = (site: Site, { back, foreign }: { back: number; foreign: boolean }) =>
  foreign && back === 0 ? 'never ours' : (site.made[Math.max(0, site.made.length - 1 - back)] ?? '')

test('whatever is presented in whatever order, one successor lives at most, and it is the newest', () => {
  fc.assert(
    fc.property(fc.array(presentation(true), { maxLength: 40 }), (presentations) => {
      const site = new Site()
      for (const { pause, secret, attempt, jkt, used } of presentations) {
        site.now += pause
        const decision = site.present(secretOf(site, secret), attempt, jkt)
        expect(site.session.tokens?.current).toBe(site.newest)
        // An answer that is given again is the answer that holds the living token, never an older one.
        if (decision.kind === 'replay') expect(decision.sealed).toBe(`answer with ${site.newest}`)
        if (used) site.use(site.newest)
      }
    }),
  )
})

test('a displaced or older secret never brings tokens again', () => {
  fc.assert(
    fc.property(fc.array(presentation(false), { maxLength: 40 }), (presentations) => {
      const site = new Site()
      for (const { pause, secret, attempt, jkt, used } of presentations) {
        site.now += pause
        const presented = secretOf(site, secret)
        const { tokens } = site.session
        const alive = [tokens?.current, tokens?.previous?.hash].includes(presented)
        const { kind } = site.present(presented, attempt, jkt)
        if (!alive) expect(['superseded', 'end', 'ended']).toContain(kind)
        if (used) site.use(site.newest)
      }
    }),
  )
})

test('a thief without the key never gets tokens, whatever they copied and however they retry', () => {
  fc.assert(
    fc.property(fc.array(presentation(true), { maxLength: 40 }), (presentations) => {
      const site = new Site()
      for (const { pause, secret, attempt, jkt, used } of presentations) {
        site.now += pause
        const decision = site.present(secretOf(site, secret), attempt, jkt)
        if (jkt === 'thief') expect(['end', 'ended', 'unknown']).toContain(decision.kind)
        if (used) site.use(site.newest)
      }
    }),
  )
})

test('once ended, a session stays ended for the first reason', () => {
  fc.assert(
    fc.property(fc.array(presentation(true), { maxLength: 40 }), (presentations) => {
      const site = new Site()
      let ending: Session['ended'] = null
      for (const { pause, secret, attempt, jkt } of presentations) {
        site.now += pause
        const decision = site.present(secretOf(site, secret), attempt, jkt)
        if (ending) {
          expect(site.session.ended).toEqual(ending)
          expect(['ended', 'unknown']).toContain(decision.kind)
        }
        ending = site.session.ended
      }
    }),
  )
})

/**
 * A device by the rules of DESIGN §10: one store, the attempt written before the request leaves, the
 * answer stored before it is used. Its processes don't know of each other; each may die at any step.
 */
class Device {
  secret = 'S0'
  journal: { readonly secret: string; readonly attempt: string } | undefined
  refreshedAt: Moment = T0
  attempts = 0
}

/** What a process read of the device's store, and when. */
interface Read {
  readonly at: Moment
  readonly secret: string
  readonly attempt: string
}

class Process {
  readonly #device: Device
  readonly #site: Site
  #read: Read | undefined

  constructor(device: Device, site: Site) {
    this.#device = device
    this.#site = site
  }

  /** Reads the store; when the token is due, or an attempt is open, gets ready to refresh. */
  read(): void {
    const device = this.#device
    const open = device.journal?.secret === device.secret ? device.journal : undefined
    if (!open && this.#site.now - device.refreshedAt < HOUR) return
    const attempt = open?.attempt ?? `attempt ${device.attempts++}`
    this.#read = { at: this.#site.now, secret: device.secret, attempt }
  }

  /** Writes the journal and sends, unless the read is too old to act on. */
  send(arrives: boolean): RefreshDecision | undefined {
    const read = this.#read
    this.#read = undefined
    if (!read || this.#site.now - read.at >= 10 * SECOND) return undefined
    const device = this.#device
    if (device.secret === read.secret) {
      device.journal = { secret: read.secret, attempt: read.attempt }
    }
    const decision = this.#site.present(read.secret, read.attempt, 'owner')
    const brings = decision.kind === 'rotate' || decision.kind === 'replay'
    if (brings && arrives) {
      device.secret = this.#site.newest
      device.journal = undefined
      device.refreshedAt = this.#site.now
    }
    return decision
  }

  use(): void {
    this.#site.use(this.#device.secret)
  }

  die(): void {
    this.#read = undefined
  }
}

const step = fc.record({
  pause: fc.oneof(
    fc.integer({ min: 0, max: 5 * SECOND }),
    fc.integer({ min: 0, max: 20 * SECOND }),
    fc.integer({ min: HOUR, max: 10 * DAY }),
  ),
  process: fc.integer({ min: 0, max: 1 }),
  does: fc.constantFrom('read', 'send', 'read and send', 'send, answer lost', 'use', 'die'),
})

test('two processes of a device that follow the rules are never signed out, whatever is lost and whoever dies', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const site = new Site()
      const device = new Device()
      const processes = [new Process(device, site), new Process(device, site)]
      for (const { pause, process, does } of steps) {
        site.now += pause
        const actor = processes[process]
        if (does.startsWith('read')) actor?.read()
        if (does.includes('send')) {
          const decision = actor?.send(!does.includes('lost'))
          if (decision) expect(['rotate', 'replay', 'in_progress']).toContain(decision.kind)
        }
        if (does === 'use') actor?.use()
        if (does === 'die') actor?.die()
        expect(site.session.ended).toBeNull()
      }
      // In the end, with a quiet line, the device gets in.
      site.now += 2 * HOUR
      processes[0]?.read()
      expect(['rotate', 'replay']).toContain(processes[0]?.send(true)?.kind)
      expect(device.secret).toBe(site.newest)
    }),
    { numRuns: 500 },
  )
})
