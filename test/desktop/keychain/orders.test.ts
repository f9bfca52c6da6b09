import { expect, test } from 'vitest'
import { type Keytar, obey } from '../../../desktop/keychain/orders.ts'
import type { KeychainOrder } from '../../../desktop/keychain/protocol.ts'

/** keytar as measured: what a locked keychain reads is null, and what it removes is false. */
function keychain(state: { locked?: boolean } = {}) {
  const entries = new Map<string, string>()
  const calls: string[] = []
  const keytar: Keytar = {
    async getPassword(service, account) {
      calls.push(`get ${account}`)
      return state.locked ? null : (entries.get(service + account) ?? null)
    },
    async setPassword(service, account, password) {
      calls.push(`set ${account} ${password === '-' ? '-' : '…'}`)
      if (state.locked) throw new Error('Cannot create an item in a locked collection')
      entries.set(service + account, password)
    },
    async deletePassword(service, account) {
      calls.push(`delete ${account}`)
      return !state.locked && entries.delete(service + account)
    },
  }
  const order = (what: KeychainOrder['order']) =>
    obey(async () => keytar, { number: 1, account: 'site', order: what })
  return { order, entries, calls }
}

const done = (value?: string) => ({
  number: 1,
  report: { is: 'done', ...(value === undefined ? {} : { value }) },
})

test('writes, reads, and overwrites before it removes', async () => {
  const { order, entries, calls } = keychain()
  expect(await order({ do: 'read' })).toEqual(done())
  expect(await order({ do: 'write', value: 'v' })).toEqual(done())
  expect(await order({ do: 'read' })).toEqual(done('v'))
  calls.length = 0
  expect(await order({ do: 'clear' })).toEqual(done())
  expect(calls).toEqual(['set site -', 'delete site'])
  expect(entries.size).toBe(0)
})

test('the probe leaves nothing, and touches no entry but its own', async () => {
  const { order, entries, calls } = keychain()
  await order({ do: 'write', value: 'v' })
  calls.length = 0
  expect(await order({ do: 'probe' })).toEqual(done())
  expect(calls.every((call) => call.includes('site probe'))).toBe(true)
  expect([...entries.values()]).toEqual(['v'])
})

test('locked: only a write tells it from empty, so probe and removal fail aloud', async () => {
  const { order } = keychain({ locked: true })
  expect(await order({ do: 'read' })).toEqual(done())
  for (const what of ['probe', 'clear'] as const) {
    expect(await order({ do: what })).toMatchObject({
      report: { is: 'failure', text: expect.stringContaining('locked') },
    })
  }
})

test.each(['', 'a\0b'])('%j can’t be kept, and is not cut short', async (value) => {
  const { order, calls } = keychain()
  expect(await order({ do: 'write', value })).toMatchObject({ report: { is: 'failure' } })
  expect(calls).toEqual([])
})

test('what a removal overwrote and could not remove is no entry', async () => {
  const { order } = keychain()
  await order({ do: 'write', value: '-' })
  expect(await order({ do: 'read' })).toEqual(done())
})

test('no library: an answer too', async () => {
  const load = () => Promise.reject(new Error('libsecret-1.so.0: cannot open'))
  expect(await obey(load, { number: 4, account: 'site', order: { do: 'probe' } })).toEqual({
    number: 4,
    report: { is: 'library', text: 'libsecret-1.so.0: cannot open' },
  })
})
