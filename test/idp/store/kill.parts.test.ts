import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openFileStore } from '../../../idp/store/file-store.ts'
import { bundleChild, Child } from './child.ts'
import { temporaryFolder } from './folder.ts'
import { openQuietly } from './records.ts'

const LANES = 8
const ROUNDS = 20

let program: Awaited<ReturnType<typeof bundleChild>>

beforeAll(async () => {
  program = await bundleChild('writer.ts')
})

afterAll(() => program.remove())

function start(...args: string[]): Child {
  const child = new Child(program.path, args)
  onTestFinished(() => child.kill())
  return child
}

/** Starts a writer, kills it with -9 after some hundred acknowledgements, and looks for what is missing. */
async function round(folder: string, first: number, ...hasty: string[]): Promise<number> {
  const child = start(folder, String(LANES), String(first), ...hasty)
  await child.printed(400 + (first % 97))
  await child.kill()
  const acknowledged = new Map<string, number>()
  for (const line of child.lines) {
    const [lane, number] = line.split(' ')
    if (lane !== undefined && number !== undefined) acknowledged.set(lane, Number(number))
  }
  expect(acknowledged.size).toBe(LANES)
  const store = await openFileStore(folder, { log: () => {}, onFailure: () => {} })
  let missing = 0
  for (const [lane, number] of acknowledged) {
    const session = await store.session(`lane-${lane}`)
    const user = await store.user(`lane-${lane}`)
    // Both records of a commit or neither.
    expect(session?.accessTokenId).toBe(user && String(user.signIns))
    if (Number(session?.accessTokenId ?? -1) < number) missing += 1
  }
  await store.close()
  return missing
}

test('kill -9 under load, again and again: nothing that was acknowledged is missing', async () => {
  const folder = await temporaryFolder()
  for (let n = 1; n <= ROUNDS; n += 1) {
    expect(await round(folder, n * 1_000_000 + n * 31)).toBe(0)
  }
})

test('a writer that acknowledges before it has written is caught by the same check', async () => {
  const folder = await temporaryFolder()
  let missing = 0
  for (let n = 1; n <= 20 && missing === 0; n += 1) {
    missing += await round(folder, n * 1_000_000 + n * 31, 'hasty')
  }
  expect(missing).toBeGreaterThan(0)
})

test('a second process is refused and told who owns the folder; after kill -9 of that one it is free', async () => {
  const folder = await temporaryFolder()
  const owner = start(folder)
  await owner.printed(1)
  expect(owner.lines).toEqual(['open'])

  const second = start(folder)
  expect(await second.ended).toBe(1)
  expect(second.lines).toHaveLength(1)
  expect(second.lines[0]).toMatch(
    /^The data folder .* is in use by process \d+ on .*: stop that one first or give another folder\. If it is surely gone, remove .*lock-1 and start again\.$/,
  )

  await owner.kill()
  await (await openQuietly(folder)).close()
})

test('of six that start at the same moment, one owns the folder, also after a killed owner', async () => {
  const folder = await temporaryFolder()
  for (let n = 0; n < 2; n += 1) {
    const children = Array.from({ length: 6 }, () => start(folder))
    await Promise.all(children.map((child) => child.printed(1)))
    expect(children.filter((child) => child.lines[0] === 'open')).toHaveLength(1)
    await Promise.all(children.map((child) => child.kill()))
  }
})
