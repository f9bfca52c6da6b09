import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Party, type PartyOptions } from '../../playground/party.ts'
import { type FakeParties, isAlive, makeFakeParties } from '../support/fake-parties.ts'

let fakes: FakeParties
let party: Party | undefined
const deaths: string[] = []

beforeEach(() => {
  fakes = makeFakeParties()
  deaths.length = 0
})

afterEach(async () => {
  await party?.stop()
  fakes.remove()
})

function makeParty(behaviour: string, options: Partial<PartyOptions> = {}): Party {
  party = new Party({
    name: 'site',
    program: fileURLToPath(new URL('site.mjs', fakes.programs)),
    environment: { FAKE: behaviour },
    logFile: join(fakes.folder, 'site.log'),
    died: (sentence) => deaths.push(sentence),
    ...options,
  })
  return party
}

const pidOf = (one: Party): number => {
  if (one.pid === undefined) throw new Error('not running')
  return one.pid
}

test('started: it says where it serves; stopped: it is gone, and nobody calls that a death', async () => {
  const site = makeParty('serve')
  const { url } = await site.start()
  const pid = pidOf(site)
  expect(await (await fetch(url)).text()).toBe(String(pid))
  expect(site.state).toBe('up')
  await site.stop()
  expect(isAlive(pid)).toBe(false)
  expect(site.state).toBe('stopped')
  expect(deaths).toEqual([])
})

test('restarted: another process, and the log goes on', async () => {
  const site = makeParty('serve')
  await site.start()
  const first = pidOf(site)
  await site.restart()
  expect(pidOf(site)).not.toBe(first)
  expect(isAlive(first)).toBe(false)
  await site.stop()
  const log = readFileSync(join(fakes.folder, 'site.log'), 'utf8')
  expect(log.split('something else first')).toHaveLength(3)
})

test('it ends before it serves: told in one sentence, with its last words', async () => {
  await expect(makeParty('die').start()).rejects.toThrow(
    /^The site ended before it served \(exit code 1\)\. Its last words: The disk is on fire: fetch water\./,
  )
  expect(deaths).toEqual([])
})

test('it never serves: ended after a while, and told', async () => {
  const site = makeParty('hang', { patience: 300 })
  await expect(site.start()).rejects.toThrow("The site didn't start within")
  expect(site.pid).toBeUndefined()
})

test('it does not listen to SIGTERM: ended by force', async () => {
  const site = makeParty('stubborn')
  await site.start()
  const pid = pidOf(site)
  await site.stop()
  expect(isAlive(pid)).toBe(false)
})

test('it ends by itself: told in one sentence; and it can be started again', async () => {
  const site = makeParty('serve')
  const { url } = await site.start()
  await fetch(`${url}/die`).catch(() => {})
  await expect.poll(() => deaths, { timeout: 20_000 }).toHaveLength(1)
  expect(deaths[0]).toMatch(/^The site ended by itself \(exit code 7\)\./)
  await site.start()
  expect(site.state).toBe('up')
})

test('a program that is not there: told, and nothing is left', async () => {
  const site = makeParty('serve', { program: join(fakes.folder, 'nothing.mjs') })
  await expect(site.start()).rejects.toThrow('Cannot find module')
  expect(site.pid).toBeUndefined()
})
