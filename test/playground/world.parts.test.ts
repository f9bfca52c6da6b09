import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../clock/moment.ts'
import { PlaygroundClient } from '../../playground/client.ts'
import { World } from '../../playground/world.ts'
import { type FakeParties, isAlive, makeFakeParties } from '../support/fake-parties.ts'

/** Of polls: the machine may be busy. */
const PATIENCE = { timeout: 20_000, interval: 5 }

let fakes: FakeParties
const worlds: World[] = []
const deaths: string[] = []

beforeEach(() => {
  fakes = makeFakeParties()
  deaths.length = 0
})

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()))
  fakes.remove()
})

function makeWorld(data = join(fakes.folder, 'data')): World {
  const world = new World({
    ports: 'free',
    data,
    programs: fakes.programs,
    died: (sentence) => deaths.push(sentence),
  })
  worlds.push(world)
  return world
}

const pids = (world: World) =>
  (['provider', 'site', 'service'] as const).map((name) => world.party(name).pid ?? 0)

const call = async (url: string, init?: RequestInit) => (await fetch(url, init)).json()

const advance = (world: World, by: string) =>
  call(`${world.addresses.console}/clock/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by }),
  })

test('two worlds start at the same time, each with its own parties on its own ports', async () => {
  const [one, other] = [makeWorld(), makeWorld(join(fakes.folder, 'other'))]
  await Promise.all([one.start(), other.start()])
  const addresses = [one, other].flatMap((world) => Object.values(world.addresses))
  expect(new Set(addresses).size).toBe(8)
  for (const name of ['provider', 'site', 'service'] as const) {
    const pid = await (await fetch(one.addresses[name].replace('localhost', '127.0.0.1'))).text()
    expect(Number(pid)).toBe(one.party(name).pid)
  }
})

test('stopped and started again: time is not before what was stored', async () => {
  const first = makeWorld()
  await first.start()
  const moved = await advance(first, '14d')
  const all = pids(first)
  await first.stop()
  expect(all.map(isAlive)).toEqual([false, false, false])
  const second = makeWorld()
  await second.start()
  const { now_ms } = await call(`${second.addresses.console}/clock`)
  expect(now_ms).toBeGreaterThanOrEqual(moved.now_ms)
  expect(now_ms - moved.now_ms).toBeLessThan(MINUTE)
})

test('reset: other processes, nothing stored is left, real time again', async () => {
  const world = makeWorld()
  await world.start()
  await advance(world, '14d')
  const leftover = join(fakes.folder, 'data', 'site', 'leftover')
  writeFileSync(leftover, '')
  const before = pids(world)
  const { offset_ms } = await call(`${world.addresses.console}/clock/reset`, { method: 'POST' })
  expect(offset_ms).toBe(0)
  expect(existsSync(leftover)).toBe(false)
  expect(before.map(isAlive)).toEqual([false, false, false])
  expect(pids(world).map(isAlive)).toEqual([true, true, true])
  expect((await advance(world, '1d')).offset_ms).toBeGreaterThan(DAY - MINUTE)
  expect(deaths).toEqual([])
})

test('one party down and up again: the console says so, the others stay', async () => {
  const world = makeWorld()
  await world.start()
  await world.party('service').stop()
  const states = async () =>
    (await new PlaygroundClient(world.addresses.console).scene()).parties.map(({ state }) => state)
  expect(await states()).toEqual(['up', 'up', 'stopped'])
  await world.party('service').start()
  expect(await states()).toEqual(['up', 'up', 'up'])
  expect(deaths).toEqual([])
})

test('a party dies: told in one sentence', async () => {
  const world = makeWorld()
  await world.start()
  process.kill(world.party('site').pid ?? 0, 'SIGKILL')
  await expect.poll(() => deaths, PATIENCE).toHaveLength(1)
  expect(deaths[0]).toMatch(/^The site ended by itself \(SIGKILL\)\./)
})

test('a file that does not say where time stood is named, with what to do', async () => {
  const first = makeWorld()
  await first.start()
  await first.stop()
  writeFileSync(join(fakes.folder, 'data', 'clock.json'), '{"offset":"yesterday"}')
  await expect(makeWorld().start()).rejects.toThrow(
    /clock\.json doesn't say where time stood: repair/,
  )
})

test('a data folder that can not be one is told in a sentence', async () => {
  writeFileSync(join(fakes.folder, 'file'), '')
  await expect(makeWorld(join(fakes.folder, 'file')).start()).rejects.toThrow(
    /can't be written \(EEXIST\): choose another/,
  )
})

/** The playground as a process of its own, with fake parties beside it. */
async function startPlayground(...options: readonly string[]) {
  await build({
    entryPoints: {
      playground: fileURLToPath(new URL('../../playground/main.ts', import.meta.url)),
    },
    outdir: fileURLToPath(fakes.programs),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Outside the house there is no node_modules: take everything in.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  })
  const program = fileURLToPath(new URL('playground.mjs', fakes.programs))
  const child = spawn(process.execPath, [program, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk
  })
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, code, out: () => out, err: () => err }
}

const partyPids = async (line: string) => {
  const { idp, provider, api } = JSON.parse(line)
  return Promise.all(
    [idp, provider.replace('localhost', '127.0.0.1'), api].map(async (url: string) =>
      Number(await (await fetch(url)).text()),
    ),
  )
}

test('--json --ephemeral: one line when all is ready; SIGTERM ends it with 0 and nothing is left', async () => {
  const playground = await startPlayground('--json', '--ephemeral')
  await expect.poll(playground.out, PATIENCE).toContain('\n')
  const line = playground.out()
  expect(Object.keys(JSON.parse(line))).toEqual([
    'idp',
    'provider',
    'providerHttps',
    'ca',
    'api',
    'console',
    'clock',
    'adminKey',
  ])
  const all = await partyPids(line)
  playground.child.kill('SIGTERM')
  expect(await playground.code).toBe(0)
  expect(playground.out()).toBe(line)
  expect(playground.err()).toBe('')
  expect(all.map(isAlive)).toEqual([false, false, false])
})

test('the playground is killed by force: its parties end too', async () => {
  const data = join(fakes.folder, 'data')
  const playground = await startPlayground('--json', '--ephemeral', '--data', data)
  await expect.poll(playground.out, PATIENCE).toContain('\n')
  const all = await partyPids(playground.out())
  playground.child.kill('SIGKILL')
  await playground.code
  await expect.poll(() => all.map(isAlive), PATIENCE).toEqual([false, false, false])
})

test('SIGTERM while it is still starting: ends all the same, with 0', async () => {
  const playground = await startPlayground(
    '--json',
    '--ephemeral',
    '--data',
    join(fakes.folder, 'd'),
  )
  await expect.poll(() => existsSync(join(fakes.folder, 'd', 'logs')), PATIENCE).toBe(true)
  playground.child.kill('SIGTERM')
  expect(await playground.code).toBe(0)
})

test('a party that does not start: its own sentence, exit code 1', async () => {
  process.env.FAKE = 'die'
  try {
    const playground = await startPlayground('--ephemeral')
    expect(await playground.code).toBe(1)
    expect(playground.err()).toContain('The disk is on fire: fetch water.')
    expect(playground.out()).toBe('')
  } finally {
    delete process.env.FAKE
  }
})

test('an argument that is not known: one sentence, exit code 1', async () => {
  const playground = await startPlayground('--fast')
  expect(await playground.code).toBe(1)
  expect(playground.err()).toMatch(/^That argument is not known\..*\n$/)
})

test('the secrets of the data folder are for its owner alone', async () => {
  const world = makeWorld()
  await world.start()
  const { mode } = await import('node:fs').then(({ statSync }) =>
    statSync(join(fakes.folder, 'data', 'provider.json')),
  )
  expect(mode & 0o077).toBe(0)
  expect(readFileSync(join(fakes.folder, 'data', 'provider.json'), 'utf8')).toContain('alice@')
})
