import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map((end) => end()))
})

/** `npm start -- …` as a person has it, but for npm. */
function start(...options: readonly string[]) {
  const child = spawn(process.execPath, ['run.mjs', 'playground', ...options], {
    cwd: root,
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
  const stop = () => {
    child.kill('SIGTERM')
    return code
  }
  endings.push(stop)
  const ready = async () => {
    await expect.poll(() => out, { timeout: 30_000 }).toContain('\n')
    return JSON.parse(out)
  }
  return { child, code, stop, ready, out: () => out, err: () => err }
}

const bundlesOf = (pid: number | undefined) =>
  readdirSync(join(root, 'node_modules', '.cache', 'latchkey')).filter((name) =>
    name.startsWith(`${pid}-`),
  )

test('the real parties come up, twice at once, and share one clock each', async () => {
  const both = [start('--json', '--ephemeral'), start('--json', '--ephemeral')]
  for (const playground of both) {
    const { idp, api, clock } = await playground.ready()
    const { parties } = await (await fetch(`${clock}/clock`)).json()
    expect(parties.toSorted()).toEqual(['provider', 'service', 'site'])
    const metadata = await fetch(`${idp}/.well-known/oauth-authorization-server`)
    expect((await metadata.json()).issuer).toBe(idp)
    await fetch(`${clock}/clock/advance`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"by":"40d"}',
    })
    const now = await (await fetch(`${clock}/clock`)).json()
    for (const url of [idp, api]) {
      const told = Date.parse((await fetch(url)).headers.get('date') ?? '')
      expect(Math.abs(told - now.now_ms)).toBeLessThan(60_000)
    }
  }
  for (const playground of both) {
    expect(bundlesOf(playground.child.pid)).toHaveLength(1)
    expect(await playground.stop()).toBe(0)
    expect(playground.err()).toBe('')
    expect(bundlesOf(playground.child.pid)).toHaveLength(0)
  }
})

test('a second start on the same folder: one sentence, exit code 1, and the first goes on', async () => {
  const data = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  try {
    const first = start('--json', '--ephemeral', '--data', data)
    const { idp } = await first.ready()
    const config = readFileSync(join(data, 'provider.json'), 'utf8')
    const second = start('--json', '--ephemeral', '--data', data)
    expect(await second.code).toBe(1)
    expect(second.out()).toBe('')
    expect(second.err().trim().split('\n')).toHaveLength(1)
    expect((await fetch(idp)).status).toBe(200)
    expect(readFileSync(join(data, 'provider.json'), 'utf8')).toBe(config)
    expect(await first.stop()).toBe(0)
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
})

test('a SIGTERM for npm itself ends everything, too: npm puts a shell in between that dies alone', async () => {
  const npm = spawn('npm', ['start', '--', '--json', '--ephemeral'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  npm.stdout.on('data', (chunk: Buffer) => {
    out += chunk
  })
  // The last line of npm's own preamble and ours; ours is the JSON.
  await expect.poll(() => out, { timeout: 30_000 }).toContain('{"idp"')
  const { idp, console: page } = JSON.parse(out.slice(out.indexOf('{"idp"')))
  expect((await fetch(`${idp}/healthz`)).ok).toBe(true)
  npm.kill('SIGTERM')
  for (const address of [idp, page]) {
    await expect
      .poll(
        () =>
          fetch(address).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 10_000 },
      )
      .toBe('down')
  }
})
