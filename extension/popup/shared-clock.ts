import { followClock } from '../../clock/follow.ts'
import type { Duration } from '../../clock/moment.ts'
import { ask } from '../ask.ts'

export interface ClockListener {
  /** How far a playground's clock is ahead of this machine's. */
  ahead(offset: Duration): void
  /** It has come to rest there: the site may be asked about this time. */
  atRest(): void
  /** The playground was reset: its site knows nobody any more. */
  beganAnew(): void
}

/** Follows the clock of a playground while the popup is open; without one nothing is ever told. */
export async function followSharedClock(told: ClockListener, signal: AbortSignal): Promise<void> {
  const { clock: hub } = await ask('configuration', {})
  if (hub === undefined) return
  const clock = { setOffset: (offset: Duration) => told.ahead(offset) }
  try {
    await followClock({ hub, clock, atRest: told.atRest, onReset: told.beganAnew, signal })
  } catch {
    // A playground that isn't there is no playground.
  }
}
