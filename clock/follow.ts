import type { DueMoment } from './due.ts'
import type { ClockAnswer, ClockTick } from './hub.ts'
import { type Duration, SECOND } from './moment.ts'

/** Whose offset is set: a {@link VirtualClock}, or a process whose `Date` is shifted. */
export interface Shiftable {
  setOffset(offset: Duration): void
}

export interface FollowOptions {
  /** Address of the hub, e.g. `http://127.0.0.1:3200`. */
  readonly hub: string
  readonly clock: Shiftable
  /**
   * The party's name and what it does as time passes. Advancing waits for it. Left out by those
   * who only look.
   */
  readonly party?: {
    readonly name: string
    run(): Promise<readonly DueMoment[]>
    next(): Promise<DueMoment | undefined>
  }
  /**
   * The world was wiped and its clock began anew (DESIGN §7). Forget what was held of the old one and
   * set `clock` back; following then goes on. Without it following ends there, which is right for
   * a party: it is started again with the new world.
   */
  readonly onReset?: (tick: ClockTick) => void | Promise<void>
  /**
   * For those who only look: the clock has come to rest, and all that was due until now has happened.
   * What asks another party may do so now; before, that party's clock may stand still behind.
   */
  readonly atRest?: () => void
  /** The party's due work failed; the clock goes on without it. */
  readonly failed?: (error: unknown) => void
  readonly signal: AbortSignal
}

/** How long to wait before the hub is called again after it was lost; real time. */
const AGAIN: Duration = SECOND / 4

/**
 * Follows the shared clock until `signal` aborts; resolves once the first offset is applied, so
 * that a party starts at the right time. Comes back by itself when the hub was away.
 *
 * @throws when the hub can't be reached the first time.
 */
export async function followClock(options: FollowOptions): Promise<void> {
  const first = await connect(options)
  const message = await first.next()
  if (message.done) throw new Error(`The clock at ${options.hub} closed its stream at once.`)
  await apply(options, message.value)
  void keepFollowing(options, message.value.epoch, first)
}

interface HubMessage extends ClockTick {
  readonly follower?: string
}

async function keepFollowing(
  options: FollowOptions,
  startedIn: string,
  first: AsyncGenerator<HubMessage>,
): Promise<void> {
  let epoch = startedIn
  let stream = first
  while (!options.signal.aborted) {
    try {
      for await (const message of stream) {
        if (message.epoch !== epoch) {
          if (!options.onReset) return
          await options.onReset(message)
          epoch = message.epoch
        }
        await apply(options, message)
      }
    } catch {
      // The hub went away; only its coming back matters.
    }
    while (!options.signal.aborted) {
      await pause(AGAIN)
      try {
        stream = await connect(options)
        break
      } catch {
        // Not back yet.
      }
    }
  }
}

const pause = (duration: Duration) =>
  new Promise<void>((resolve) => {
    const timer: { unref?(): void } | number = setTimeout(resolve, duration)
    if (typeof timer === 'object') timer.unref?.()
  })

async function connect(options: FollowOptions): Promise<AsyncGenerator<HubMessage>> {
  const url = new URL('/clock/stream', options.hub)
  if (options.party) url.searchParams.set('party', options.party.name)
  const answer = await fetch(url, { signal: options.signal })
  if (!answer.ok || !answer.body)
    throw new Error(`The clock at ${options.hub} answered ${answer.status}.`)
  return messages(answer.body)
}

/** The `data:` lines of an event stream (WHATWG HTML §9.2); the hub sends one line a message. */
async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<HubMessage> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data: ')) yield JSON.parse(line.slice(6)) as HubMessage
    }
  }
}

async function apply(options: FollowOptions, message: HubMessage): Promise<void> {
  options.clock.setOffset(message.offset)
  const { party } = options
  if (!party) {
    if (message.stage === 'work') options.atRest?.()
    return
  }
  if (!message.follower) return
  const done = message.stage === 'work' ? await work(party, options.failed) : { ran: [] }
  const answer = { step: message.step, ...done }
  await fetch(new URL(`/clock/followers/${message.follower}`, options.hub), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
    signal: options.signal,
  })
}

/** A party whose work fails has no plan until it is asked again: the clock must not stop there for ever. */
async function work(
  party: NonNullable<FollowOptions['party']>,
  failed: FollowOptions['failed'],
): Promise<Omit<ClockAnswer, 'step'>> {
  try {
    const ran = await party.run()
    return { ran, next: await party.next() }
  } catch (error) {
    failed?.(error)
    return { ran: [] }
  }
}
