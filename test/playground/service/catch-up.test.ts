import { expect, test } from 'vitest'
import { StoppedClock, VirtualClock } from '../../../clock/clock.ts'
import { HOUR, MINUTE } from '../../../clock/moment.ts'
import { CatchUp } from '../../../playground/service/catch-up.ts'
import type { Page } from '../../../playground/service/site-events.ts'

/** A site that has told so many events, and of which a test says whether it can be asked. */
function house() {
  const clock = new VirtualClock(new StoppedClock(1_750_000_000_000))
  const site = { latest: 0, away: false, reads: [] as number[], pageSize: 3 }
  const taken: number[] = []
  const failures: unknown[] = []
  const catchUp = new CatchUp({
    clock,
    take: (event) => taken.push(Number(event)),
    failed: (error) => failures.push(error),
    read: async (after): Promise<Page | 'unknown_position'> => {
      site.reads.push(after)
      if (site.away) throw new Error('The site is away.')
      if (after > site.latest) return 'unknown_position'
      const next = Math.min(site.latest, after + site.pageSize)
      const events = Array.from({ length: next - after }, (_, index) => {
        const sequence = after + 1 + index
        return { id: `evt_${sequence}`, sequence, event: sequence }
      })
      return { events, next, more: next < site.latest, forgotten: 0 }
    },
  })
  return { clock, site, taken, failures, catchUp }
}

const CLOSED = { code: 'temporarily_unavailable', retryAfter: 2 }

test('nobody is served before everything was read, page by page', async () => {
  const { site, catchUp, taken } = house()
  site.latest = 8
  await catchUp.ready()
  expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(site.reads).toEqual([0, 3, 6])
})

test('the site is away at the start: closed, and open as soon as it can be asked', async () => {
  const { site, catchUp, failures } = house()
  site.away = true
  await expect(catchUp.ready()).rejects.toMatchObject(CLOSED)
  expect(failures).toHaveLength(1)
  site.away = false
  await catchUp.ready()
})

test('news by webhook keep it open without a read; so does a quiet minute', async () => {
  const { clock, site, catchUp } = house()
  await catchUp.ready()
  for (let number = 1; number <= 5; number++) {
    clock.advance(4 * MINUTE)
    site.latest = number
    catchUp.heard(number)
    await catchUp.ready()
  }
  clock.advance(MINUTE)
  await catchUp.ready()
  expect(site.reads).toEqual([0])
})

test('after a silence it asks; nine hours cut off, it is closed until it could', async () => {
  const { clock, site, catchUp, taken } = house()
  await catchUp.ready()
  site.latest = 2
  site.away = true
  clock.advance(9 * HOUR)
  await expect(catchUp.ready()).rejects.toMatchObject(CLOSED)
  site.away = false
  await catchUp.ready()
  expect(taken).toEqual([1, 2])
})

test('a gap in the numbers is read at once', async () => {
  const { site, catchUp, taken } = house()
  await catchUp.ready()
  site.latest = 3
  catchUp.heard(3)
  await catchUp.ready()
  expect(taken).toEqual([1, 2, 3])
})

test('the site’s data was restored: read from the beginning', async () => {
  const { clock, site, catchUp } = house()
  site.latest = 5
  await catchUp.ready()
  site.latest = 1
  clock.advance(HOUR)
  await catchUp.ready()
  expect(site.reads).toEqual([0, 3, 5, 0])
})

test('requests at once wait for one read', async () => {
  const { site, catchUp } = house()
  await Promise.all([catchUp.ready(), catchUp.ready(), catchUp.ready()])
  expect(site.reads).toEqual([0])
})

test('a read that doesn’t end: turned away after two seconds', async () => {
  const catchUp = new CatchUp({
    clock: new StoppedClock(0),
    read: () => new Promise(() => {}),
    take: () => {},
    failed: () => {},
  })
  await expect(catchUp.ready()).rejects.toMatchObject(CLOSED)
})
