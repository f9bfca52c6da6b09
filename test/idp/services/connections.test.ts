import { afterEach, beforeEach, expect, test } from 'vitest'
import { Connections } from '../../../idp/services/connections.ts'
import { post } from '../../../idp/services/post.ts'
import type { Address } from '../../../idp/services/target.ts'
import { Receiver } from '../../support/receiver.ts'

/** A name that nobody can look up (RFC 6761 §6.4): whoever gets anywhere with it went where they were told. */
const NAME = 'shop.invalid'
const HERE: Address = { address: '127.0.0.1', family: 4 }
const NOWHERE: Address = { address: '127.0.0.2', family: 4 }

let receiver: Receiver
let connections: Connections

beforeEach(async () => {
  receiver = await Receiver.start()
  connections = new Connections()
})
afterEach(() => {
  connections.close()
  receiver.close()
})

const deliver = (...addresses: readonly Address[]) => {
  const url = new URL(receiver.url)
  url.hostname = NAME
  return post(
    url,
    { headers: { 'content-type': 'application/json' }, body: '{}' },
    { agent: connections.to(url, addresses), signal: AbortSignal.timeout(5_000) },
  )
}

test('a connection goes to the address that was checked, and no name is looked up again', async () => {
  expect((await deliver(HERE)).status).toBe(204)
  expect(receiver.received[0]?.headers.host).toBe(`${NAME}:${new URL(receiver.url).port}`)
})

test('as long as the name leads to the same address, one connection serves', async () => {
  await deliver(HERE)
  await deliver(HERE)
  expect([receiver.received.length, receiver.connections]).toEqual([2, 1])
})

test('the name leads elsewhere now: the connection of before serves nobody', async () => {
  await deliver(HERE)
  await expect(deliver(NOWHERE)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await deliver(HERE)
  expect(receiver.connections).toBe(2)
})

test('of several addresses one that answers is enough', async () => {
  expect((await deliver(NOWHERE, HERE)).status).toBe(204)
})
