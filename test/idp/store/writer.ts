import { writeSync } from 'node:fs'
import { type AppendFile, type Disk, nodeDisk } from '../../../idp/store/disk.ts'
import { openFileStore } from '../../../idp/store/file-store.ts'
import { aSession, aUser } from './records.ts'

/**
 * A process that writes until it is killed, and prints each number once it was acknowledged:
 * `writer <folder> <lanes> <first number> [hasty]`. Hasty: acknowledged before it is written.
 * With no lanes it only opens the folder.
 */
const [folder = '', lanes = '0', first = '0', hasty] = process.argv.slice(2)

const hastyDisk: Disk = {
  ...nodeDisk,
  async openForAppend(path): Promise<AppendFile> {
    const file = await nodeDisk.openForAppend(path)
    let before: Promise<unknown> = Promise.resolve()
    return {
      ...file,
      async append(bytes) {
        before = before.then(() => file.append(bytes))
        await new Promise(setImmediate)
      },
      async close() {
        await before
        await file.close()
      },
    }
  },
}

// At once and not by a stream, so that what was printed before the kill has left the process.
const print = (line: string | number) => writeSync(1, `${line}\n`)

try {
  const store = await openFileStore(folder, {
    disk: hasty ? hastyDisk : nodeDisk,
    compactAfter: 100_000,
    log: () => {},
    onFailure: () => process.exit(1),
  })
  print('open')
  let number = Number(first)
  await Promise.all(
    Array.from({ length: Number(lanes) }, async (_, lane) => {
      for (;;) {
        const n = number++
        await store.commit([
          { table: 'session', put: aSession(`lane-${lane}`, { accessTokenId: String(n) }) },
          { table: 'user', put: aUser(`lane-${lane}`, { signIns: n }) },
        ])
        print(`${lane} ${n}`)
      }
    }),
  )
  // Stays, as a site does.
  setInterval(() => {}, 1000)
} catch (error) {
  print(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
