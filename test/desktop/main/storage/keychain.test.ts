import { expect, test } from 'vitest'
import type { KeychainOrder, KeychainReport } from '../../../../desktop/keychain/protocol.ts'
import type { StartHelper } from '../../../../desktop/main/ports.ts'
import { Keychain, troubleIn } from '../../../../desktop/main/storage/keychain.ts'
import { askPlayground, slowed } from '../../../../desktop/main/storage/slowed.ts'

type Reply = KeychainReport['report'] | 'silence' | 'crash'

/** Helpers that answer what the test says, order by order. */
function helpers(...replies: readonly Reply[]) {
  const orders: string[] = []
  let started = 0
  let killed = 0
  const start: StartHelper = ({ heard, ended }) => {
    started += 1
    return {
      send(message) {
        const { number, order } = message as KeychainOrder
        const reply = replies[orders.push(order.do) - 1] ?? 'silence'
        if (reply === 'silence') return
        setTimeout(() => (reply === 'crash' ? ended() : heard({ number, report: reply })))
      },
      kill() {
        killed += 1
        ended()
      },
    }
  }
  const keychain = new Keychain(start, 'site', 20)
  return { keychain, orders, counts: () => ({ started, killed }) }
}

const DONE: Reply = { is: 'done' }

test('one helper does one order after the other', async () => {
  const { keychain, orders, counts } = helpers(DONE, { is: 'done', value: 'v' }, DONE)
  const all = [keychain.probe(50), keychain.read(), keychain.write('w')]
  expect(await Promise.all(all)).toEqual([undefined, 'v', undefined])
  expect(orders).toEqual(['probe', 'read', 'write'])
  expect(counts()).toEqual({ started: 1, killed: 0 })
})

test('one that hangs is killed when time is over, and the next order finds a new one', async () => {
  const { keychain, counts } = helpers('silence', { is: 'done', value: 'v' })
  await expect(keychain.probe(5)).rejects.toMatchObject({ trouble: 'slow' })
  expect(await keychain.read()).toBe('v')
  expect(counts()).toEqual({ started: 2, killed: 1 })
})

test('QA wants it slow, once: the order is given up, the next one is done', async () => {
  const wishes = [false, true, false]
  const start: StartHelper = ({ heard }) => ({
    send: (message) => heard({ number: (message as KeychainOrder).number, report: DONE }),
    kill: () => {},
  })
  const keychain = new Keychain(
    slowed(start, async () => wishes.shift() ?? false),
    'site',
    20,
  )
  await keychain.write('v')
  await expect(keychain.write('w')).rejects.toMatchObject({ trouble: 'slow' })
  await keychain.write('x')
})

test('a playground that is away wants nothing slow', async () => {
  expect(await askPlayground('http://127.0.0.1:1')()).toBe(false)
})

test('one that crashes takes nothing with it', async () => {
  const { keychain, counts } = helpers('crash', DONE)
  await expect(keychain.write('v')).rejects.toMatchObject({ trouble: 'failing' })
  await keychain.write('v')
  expect(counts()).toEqual({ started: 2, killed: 0 })
})

test('one whose keychain was restarted is replaced, for it never recovers', async () => {
  const text = 'The session wrapping the secret does not exist'
  const { keychain, counts } = helpers({ is: 'failure', text }, DONE)
  await expect(keychain.write('v')).rejects.toMatchObject({ trouble: 'lost' })
  await keychain.write('v')
  expect(counts()).toEqual({ started: 2, killed: 1 })
})

test('an answer to another order, or none of ours, is nobody’s', async () => {
  const start: StartHelper = ({ heard }) => ({
    send() {
      heard({ number: 99, report: DONE })
      heard('nonsense')
      heard({ number: 1, report: { is: 'done', value: 'v' } })
    },
    kill() {},
  })
  expect(await new Keychain(start, 'site', 20).read()).toBe('v')
})

test.each([
  ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'no_bus'],
  ['Could not connect: No such file or directory', 'no_bus'],
  ['The name org.freedesktop.secrets was not provided by any .service files', 'no_service'],
  ['Cannot create an item in a locked collection', 'locked'],
  ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', 'locked'],
  ['Couldn’t access platform storage: unlock prompt was dismissed', 'cancelled'],
  ['The session wrapping the secret does not exist', 'lost'],
  ['The connection is closed', 'lost'],
  ['Timeout was reached', 'slow'],
  ["Couldn't create item: An error occurred on the device", 'failing'],
] as const)('“%s” is said as %s', (text, trouble) => {
  expect(troubleIn(text)).toBe(trouble)
})
