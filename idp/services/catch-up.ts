import { LatchkeyError } from '../../protocol/errors.ts'
import type { EventsPage } from '../../protocol/events.ts'
import type { Site } from '../site.ts'

/**
 * The events after a position, for a service that was away. Numbers have no gaps when they are given,
 * so what is missing among them was forgotten: that is counted, and never passed over in silence.
 *
 * @throws LatchkeyError `unknown_position` for a number that was never given
 */
export async function eventsPage(
  { store }: Pick<Site, 'store'>,
  after: number,
  limit: number,
): Promise<EventsPage> {
  // First how far it goes, then what there is: an event that comes in between is for the next page.
  const latest = await store.latestSequence()
  if (after > latest) {
    throw new LatchkeyError(
      'unknown_position',
      'This site has not come to that position: its data was restored or replaced. Forget your position and read from after=0.',
    )
  }
  const kept = await store.eventsAfter(after, limit)
  const last = kept.length === limit ? kept.at(-1)?.sequence : undefined
  const next = Math.min(last ?? latest, latest)
  const events = kept.flatMap(({ id, sequence = 0, payload }) =>
    sequence > next ? [] : [{ id, sequence, event: payload }],
  )
  return { events, next, more: next < latest, forgotten: next - after - events.length }
}
