import type { PassThrough } from 'node:stream'
import { type Duration, SECOND } from '../../clock/moment.ts'
import type { House } from '../house.ts'
import { type EventStream, eventStream } from './event-stream.ts'

/** The scene is told no more often: moving the clock by half a year makes thousands of changes. */
const BREATH: Duration = SECOND / 10

/** Happenings that one message carries. */
const AT_ONCE = 10_000

/**
 * What happened and how everything stands, told as it changes: `happenings` with those after a number,
 * `scene` whole. Whoever lost the stream goes on from the last number that it heard (`Last-Event-ID`).
 */
export function liveStream(house: House, lastEventId: string): PassThrough {
  let told = lastHeard(lastEventId, house.hub.tick.epoch)
  let toldRequests = 0
  let pause: ReturnType<typeof setTimeout> | undefined
  const stream: EventStream = eventStream(() => {
    clearTimeout(pause)
    leave()
  })
  let epoch = house.hub.tick.epoch
  const tell = () => {
    pause = undefined
    if (house.hub.tick.epoch !== epoch) {
      epoch = house.hub.tick.epoch
      told = 0
    }
    stream.send(house.scene(), { name: 'scene' })
    const requests = house.requests(toldRequests)
    toldRequests = requests.at(-1)?.number ?? toldRequests
    if (requests.length > 0) stream.send(requests, { name: 'requests' })
    for (;;) {
      const happenings = house.history.after(told, AT_ONCE)
      if (happenings.length === 0) break
      told += happenings.length
      stream.send(happenings, { name: 'happenings', id: `${epoch} ${told}` })
    }
  }
  const leave = house.listen(() => {
    pause ??= setTimeout(tell, BREATH)
  })
  tell()
  return stream.body
}

/** A number of another world means nothing here. */
function lastHeard(id: string, epoch: string): number {
  const [world, number] = id.split(' ')
  return world === epoch && /^\d{1,15}$/.test(number ?? '') ? Number(number) : 0
}
