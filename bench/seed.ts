import { mkdir } from 'node:fs/promises'
import type { Moment } from '../clock/moment.ts'
import { newDevice } from '../idp/devices.ts'
import { emptyData } from '../idp/store/data.ts'
import { nodeDisk } from '../idp/store/disk.ts'
import { journalPath, snapshotPath } from '../idp/store/generations.ts'
import type { Device } from '../idp/store/records.ts'
import { ALONE, type Records, writeSnapshot } from '../idp/store/snapshot.ts'
import type { BenchDevice } from './devices.ts'
import { person, session } from './people.ts'

type Key = Pick<BenchDevice, 'jkt' | 'jwk'>

/**
 * Writes a data folder with `count` sessions by the store's own writer, record by record: here they
 * are never all in memory. Everybody has two devices with a session each. The sessions of `devices`
 * are spread evenly over all; the keys of the others are made up, for nobody will use them.
 *
 * @returns the refresh tokens of `devices`, in their order
 */
export async function seed(
  folder: string,
  count: number,
  devices: readonly BenchDevice[],
  now: Moment,
): Promise<readonly string[]> {
  const used = new Map<number, Key>(
    devices.map((device, index) => [Math.floor((index * count) / devices.length), device]),
  )
  const keyOf = (number: number): Key => used.get(number) ?? madeUp(number)
  const ownerOf = (number: number) => person(Math.floor(number / 2), now)
  const tokens: string[] = []
  const people = Math.ceil(count / 2)
  const records: Records = {
    ...emptyData(),
    user: rows(people, (number) => person(number, now).user),
    account: rows(people, (number) => person(number, now).account),
    membership: rows(people, (number) => person(number, now).membership),
    device: rows(count, (number) => deviceOf(keyOf(number), number, now)),
    session: rows(count, (number) => {
      const made = session(deviceOf(keyOf(number), number, now), ownerOf(number), now)
      if (used.has(number)) tokens.push(made.refreshToken)
      return made.session
    }),
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const place = { generation: 1, after: 0 }
  const { signal } = new AbortController()
  await writeSnapshot(nodeDisk, snapshotPath(folder, 1), place, records, signal, ALONE)
  await (await nodeDisk.openForAppend(journalPath(folder, 1))).close()
  return tokens
}

export const deviceOf = (key: Key, number: number, now: Moment): Device => ({
  ...newDevice(key, { name: `Laptop ${number}`, platform: 'linux' }, now),
  used: true,
})

/** Always the same for a number, and as long as a real one. */
function madeUp(number: number): Key {
  const digits = String(number)
  const [jkt, x, y] = [digits.padEnd(43, 'k'), digits.padEnd(43, 'x'), digits.padEnd(43, 'y')]
  return { jkt, jwk: { kty: 'EC', crv: 'P-256', x, y } }
}

const rows = <R>(count: number, make: (number: number) => R) => ({
  *values() {
    for (let number = 0; number < count; number++) yield make(number)
  },
})
