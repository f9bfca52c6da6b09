import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceKey } from '../../../idp/services/callers.ts'
import { eventsPage } from '../../../idp/services/catch-up.ts'
import { EventsPage } from '../../../protocol/events.ts'
import { happen } from '../../support/happenings.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { send } from '../../support/request.ts'
import { type RunningSite, startSite } from '../../support/site.ts'

const OLD = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const NEW = `whsec_${Buffer.alloc(32, 2).toString('base64')}`

let site: RunningSite
const ids: string[] = []

beforeAll(async () => {
  const service = { url: 'http://127.0.0.1:1/orders', secret: NEW, previous_secret: OLD }
  site = await startSite({ SERVICES: JSON.stringify([service]) })
  for (let number = 1; number <= 6; number++) ids.push(await happen(site, `usr_${number}`))
})
afterAll(() => site.close())

const ask = (query: string, key = serviceKey(NEW)) =>
  send(site.url, { path: `/events${query}`, headers: { authorization: `Bearer ${key}` } })

async function read(query: string, key?: string): Promise<EventsPage> {
  const answer = await ask(query, key)
  expect(answer.status, answer.body).toBe(200)
  return v.parse(EventsPage, JSON.parse(answer.body))
}

const numbers = ({ events }: EventsPage) => events.map(({ sequence }) => sequence)

test('from the beginning, page by page, each event once and in order', async () => {
  const first = await read('?after=0&limit=4')
  expect(numbers(first)).toEqual([1, 2, 3, 4])
  expect(first).toMatchObject({ next: 4, more: true, forgotten: 0 })
  expect(first.events[0]).toMatchObject({
    id: ids[0],
    event: { type: 'user.deleted', data: { user_id: 'usr_1' } },
  })
  const second = await read(`?after=${first.next}&limit=4`)
  expect(numbers(second)).toEqual([5, 6])
  expect(second).toMatchObject({ next: 6, more: false, forgotten: 0 })
  expect(await read('?after=6')).toEqual({ events: [], next: 6, more: false, forgotten: 0 })
  expect(numbers(await read(''))).toEqual([1, 2, 3, 4, 5, 6])
})

test('the keys of both secrets are taken while one is replaced', async () => {
  expect(numbers(await read('?after=5', serviceKey(OLD)))).toEqual([6])
})

test('what is not kept any more is counted, wherever it is missing', async () => {
  const forgotten = await startSite({
    SERVICES: JSON.stringify([{ url: 'http://127.0.0.1:1/', secret: NEW }]),
  })
  const written: string[] = []
  for (let number = 1; number <= 7; number++) written.push(await happen(forgotten))
  const remove = (number: number) =>
    ({ table: 'event', remove: written[number - 1] ?? '' }) as const
  const page = (after: number, limit: number) => eventsPage(forgotten, after, limit)
  await forgotten.store.commit([remove(1), remove(2), remove(5)])
  expect(await page(0, 2)).toMatchObject({ next: 4, more: true, forgotten: 2 })
  expect(await page(2, 2)).toMatchObject({ next: 4, forgotten: 0 })
  expect(await page(4, 9)).toMatchObject({ next: 7, more: false, forgotten: 1 })
  await forgotten.store.commit([remove(6), remove(7)])
  expect(await page(4, 9)).toEqual({ events: [], next: 7, more: false, forgotten: 3 })
  await forgotten.close()
})

test('an event that comes in while a page is made is on that page or on the next', async () => {
  const busy = await startSite()
  const store = busy.store
  const seen: number[] = []
  const writing = (async () => {
    for (let number = 1; number <= 40; number++) await happen(busy)
  })()
  for (let after = 0; after < 40; ) {
    const page = await eventsPage({ store }, after, 7)
    expect(page.forgotten).toBe(0)
    seen.push(...numbers(page))
    after = page.next
  }
  await writing
  expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  await busy.close()
})

test('a position that was never given: 410, and what to do', async () => {
  const answer = await ask('?after=7')
  expect(expectRefusal(answer, { status: 410, error: 'unknown_position' })).toMatchObject({
    error_description: expect.stringContaining('read from after=0'),
  })
})

test.for(['?after=-1', '?after=x', '?after=1.5', '?limit=0', '?limit=501', '?after=1&after=2'])(
  '%s is refused in words',
  async (query) => {
    expectRefusal(await ask(query), { status: 400, error: 'invalid_request' })
  },
)

test('nobody else reads events', async () => {
  for (const key of ['', 'lks_wrong', NEW]) {
    expectRefusal(await ask('?after=0', key), { status: 401, error: 'invalid_token' })
  }
})
