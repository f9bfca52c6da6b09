import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SystemClock } from '../../clock/clock.ts'
import { openLinkKey } from '../../idp/links/link-key.ts'
import { openFileStore } from '../../idp/store/file-store.ts'
import { openSigningKeys } from '../../idp/tokens/signing-keys.ts'
import { createProof } from '../../protocol/dpop/proof.ts'
import { TestDevice } from '../support/device.ts'
import { FORM, send } from '../support/request.ts'
import { ADA, makeCode, PROVIDER } from '../support/site.ts'

const RUN = fileURLToPath(new URL('../../run.mjs', import.meta.url))

let root: string
/** A data folder with a snapshot, a journal of several commits, and signing keys. */
let healthy: string
const running = new Set<ChildProcess>()

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'latchkey-start-'))
  healthy = join(root, 'healthy')
  const store = await openFileStore(healthy, { log: () => {}, onFailure: () => {} })
  await store.commit([{ table: 'user', put: ADA.user }])
  await store.compact()
  for (let signIns = 1; signIns < 6; signIns++) {
    await store.commit([{ table: 'user', put: { ...ADA.user, signIns } }])
  }
  await store.close()
  await openSigningKeys(healthy)
  await openLinkKey(healthy)
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(
    [...running].map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')),
  )
  running.clear()
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

let copies = 0
function copyOfHealthy(): string {
  const folder = join(root, `copy-${copies++}`)
  cpSync(healthy, folder, { recursive: true })
  return folder
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly said: { out: string; err: string }
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
}

async function start(environment: Record<string, string | undefined>): Promise<Started> {
  const port = environment.PORT ?? String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [RUN, 'site'], {
    env: {
      PATH: process.env.PATH,
      SITE_URL: /^\d{1,5}$/.test(port) ? url : 'http://127.0.0.1:1',
      PORT: port,
      PROVIDERS: JSON.stringify([PROVIDER]),
      LATCHKEY_END_WITH_STDIN: '1',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  const said = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    said.err += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  return { child, url, said, ended }
}

/** Starts it and waits until it says that it serves. */
async function serving(environment: Record<string, string | undefined>): Promise<Started> {
  const started = await start(environment)
  const ready = (async () => {
    while (!started.said.out.includes('"ready"'))
      await once(started.child.stdout ?? started.child, 'data')
  })()
  const early = started.ended.then((code) => {
    throw new Error(`It ended (${code}): ${started.said.err}`)
  })
  await Promise.race([ready, early])
  early.catch(() => {})
  return started
}

/** The one sentence with which it refuses to start; in time, and with an exit code that is not 0. */
async function refusal(environment: Record<string, string | undefined>): Promise<string> {
  const began = performance.now()
  const { child, said, ended } = await start(environment)
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  expect(await ended, said.err + said.out).toBe(1)
  clearTimeout(late)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(said.out).toBe('')
  const lines = said.err.split('\n').filter((line) => line !== '' && !line.startsWith('{'))
  expect(lines, said.err).toHaveLength(1)
  const [sentence = ''] = lines
  expect(sentence).toMatch(/^[A-Z/].+[.]$/)
  expect(sentence).not.toMatch(
    /\bat .+:\d+:\d+|node_modules|undefined|\[object|client_secret|site-secret/,
  )
  return sentence
}

/** Every file but the locks, which say who tried. */
function contentOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.startsWith('lock-'))
      .map((name) => [
        name,
        statSync(join(folder, name)).isDirectory()
          ? 'a folder'
          : readFileSync(join(folder, name)).toString('base64'),
      ]),
  )
}

describe('a start that can’t be says so in one sentence and changes nothing', () => {
  test('a second start on one data folder; the first goes on', async () => {
    const DATA = copyOfHealthy()
    const first = await serving({ DATA })
    const before = contentOf(DATA)
    const said = await refusal({ DATA })
    expect(said).toContain(`${DATA} is in use by process ${first.child.pid}`)
    expect(contentOf(DATA)).toEqual(before)
    expect((await send(first.url, { path: '/readyz' })).status).toBe(200)
    const device = await TestDevice.make(first)
    expect((await device.postJson('/devices', { name: 'a', platform: 'b' })).status).toBe(201)
  })

  test('a port in use; whoever has it keeps it', async () => {
    const other = createServer((socket) => socket.end('mine')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const DATA = copyOfHealthy()
    const before = contentOf(DATA)
    const PORT = String((other.address() as AddressInfo).port)
    expect(await refusal({ DATA, PORT })).toContain(`Port ${PORT} on 127.0.0.1 is in use: stop`)
    expect(contentOf(DATA)).toEqual(before)
    const [chunk] = await once(connect(Number(PORT), '127.0.0.1'), 'data')
    expect(String(chunk)).toBe('mine')
    other.close()
    // And the folder is free again.
    expect((await send((await serving({ DATA })).url, { path: '/readyz' })).status).toBe(200)
  })

  test.each([
    ['a file in its place', () => file()],
    ['a folder under a file', () => join(file(), 'data')],
    ['a place where no folders can be made', () => '/sys/latchkey'],
    ['a name too long', () => join(root, 'a'.repeat(300))],
  ])('a data folder that can’t be used: %s', async (_, place) => {
    const DATA = place()
    expect(await refusal({ DATA })).toMatch(/data folder .+ can't be .+: give a folder/)
  })

  const file = () => {
    const path = join(root, `file-${copies++}`)
    writeFileSync(path, 'mine')
    return path
  }

  const overwrite =
    (name: RegExp, content: string | ((was: string) => string)) => (folder: string) => {
      const found = readdirSync(folder)
        .filter((one) => name.test(one))
        .sort()
        .at(-1)
      if (!found) throw new Error(`no ${name} in ${readdirSync(folder)}`)
      const path = join(folder, found)
      writeFileSync(
        path,
        typeof content === 'string' ? content : content(readFileSync(path, 'utf8')),
      )
    }
  const asFolder = (name: RegExp) => (folder: string) => {
    const found = readdirSync(folder).find((one) => name.test(one)) ?? ''
    rmSync(join(folder, found))
    mkdirSync(join(folder, found))
  }
  const shaped = (point: string) =>
    JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: point, y: point, d: point, kid: 'k' }] })

  test.each([
    [
      'a journal with a changed line',
      overwrite(/^journal/, (was) => was.replace('"signIns":2', '"signIns":3')),
      'journal-2.jsonl is damaged at line',
    ],
    [
      'a snapshot cut short',
      overwrite(/^snapshot/, (was) => was.slice(0, was.length / 2)),
      'is damaged',
    ],
    ['a snapshot of something else', overwrite(/^snapshot/, '<html>'), 'is damaged'],
    [
      'a snapshot of a later Latchkey',
      overwrite(/^snapshot/, (was) => was.replace(/"version":\d+/, '"version":99')),
      'newer Latchkey',
    ],
    ['an empty snapshot', overwrite(/^snapshot/, ''), 'is damaged'],
    [
      'a missing journal',
      (folder: string) => rmSync(join(folder, 'journal-2.jsonl')),
      'is missing',
    ],
    ['keys that are no JSON', overwrite(/^keys/, 'nonsense'), 'signing keys'],
    ['keys cut short', overwrite(/^keys/, (was) => was.slice(0, 40)), 'signing keys'],
    ['an empty key file', overwrite(/^keys/, ''), 'signing keys'],
    ['no keys in it', overwrite(/^keys/, '{"keys":[]}'), 'signing keys'],
    ['keys that are none', overwrite(/^keys/, shaped('a')), 'signing keys'],
    ['keys off the curve', overwrite(/^keys/, shaped('A'.repeat(43))), 'signing keys'],
    ['a folder in place of the keys', asFolder(/^keys/), 'signing keys'],
    ['a folder in place of the journal', asFolder(/^journal-2/), 'data folder'],
    ['a folder in place of the snapshot', asFolder(/^snapshot-2/), 'data folder'],
  ])('%s', async (_, damage, said) => {
    const DATA = copyOfHealthy()
    damage(DATA)
    const before = contentOf(DATA)
    const sentence = await refusal({ DATA })
    expect(sentence).toContain(said)
    expect(sentence).toContain(DATA)
    expect(contentOf(DATA)).toEqual(before)
  })

  test.each<[string, Record<string, string | undefined>]>([
    ['PROVIDERS', { PROVIDERS: undefined }],
    ['PROVIDERS', { PROVIDERS: '{' }],
    ['PROVIDERS', { PROVIDERS: '[]' }],
    [
      'PROVIDERS',
      { PROVIDERS: JSON.stringify([{ ...PROVIDER, issuer: 'http://provider.test/' }]) },
    ],
    ['PROVIDERS', { PROVIDERS: JSON.stringify([{ ...PROVIDER, client_id: undefined }]) }],
    ['SERVICES', { SERVICES: '[{"url":"http://127.0.0.1:1/","secret":"whsec_short"}]' }],
    ['SITE_URL', { SITE_URL: 'nonsense' }],
    ['SITE_URL', { SITE_URL: 'http://127.0.0.1:3000/' }],
    ['SITE_URL', { SITE_URL: 'http://site.test' }],
    ['PORT', { PORT: 'abc' }],
    ['PORT', { PORT: '70000' }],
    ['HOST', { HOST: 'no.such.host.invalid' }],
    ['DATA', { DATA: '' }],
    ['ACCESS_TTL', { ACCESS_TTL: 'a fortnight' }],
    ['ACCESS_TTL', { ACCESS_TTL: '1h', IDLE_TTL: '30min' }],
    ['ABSOLUTE_TTL', { ABSOLUTE_TTL: '400d' }],
    ['SIGNIN_SUCCESS', { SIGNIN_SUCCESS: '//evil.test' }],
    ['EXTENSION_REDIRECT_URIS', { EXTENSION_REDIRECT_URIS: '["http://a"]' }],
    ['CLOCK_URL', { CLOCK_URL: 'nonsense' }],
    ['CLOCK_URL', { CLOCK_URL: 'http://127.0.0.1:1', NODE_ENV: 'production' }],
    ['CLOCK_URL', { CLOCK_URL: 'http://127.0.0.1:1' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
  ])('a bad %s: %o', async (name, environment) => {
    const DATA = copyOfHealthy()
    const before = contentOf(DATA)
    expect(await refusal({ DATA, ...environment })).toContain(name)
    expect(contentOf(DATA)).toEqual(before)
  })
})

describe('an end', () => {
  interface HalfRequest {
    readonly path?: string
    readonly body?: string
    readonly headers?: readonly string[]
  }

  /** Half a request: the site is waiting for the rest of its body. */
  async function halfRequest(
    url: string,
    {
      path = '/revoke',
      body = 'client_id=latchkey-desktop&token=a',
      headers = [],
    }: HalfRequest = {},
  ) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('error', () => {})
    socket.write(
      [
        `POST ${path} HTTP/1.1`,
        'Host: a',
        `Content-Type: ${FORM}`,
        `Content-Length: ${body.length}`,
        ...headers,
        '',
        body.slice(0, 10),
      ].join('\r\n'),
    )
    // One that came later was answered, so this one is under way.
    await send(url, { path: '/healthz' })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    return {
      finish: async () => {
        socket.write(body.slice(10))
        await closed
        return received
      },
    }
  }

  const refused = async (url: string) => {
    for (;;) {
      const answered = await send(url, { path: '/healthz' }).then(
        () => true,
        () => false,
      )
      if (!answered) return
    }
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: nothing new is taken, what is under way is answered, exit code 0',
    async (signal) => {
      const DATA = copyOfHealthy()
      const site = await serving({ DATA })
      const half = await halfRequest(site.url)
      site.child.kill(signal)
      await refused(site.url)
      expect(await half.finish()).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
      expect(await site.ended).toBe(0)
      expect(
        site.said.err.split('\n').filter((line) => line !== '' && !line.startsWith('{')),
      ).toEqual([])
      expect((await send((await serving({ DATA })).url, { path: '/readyz' })).status).toBe(200)
    },
  )

  test('SIGTERM while a refresh is under way: it is answered, and what it answered is on disk', async () => {
    const DATA = copyOfHealthy()
    const clock = new SystemClock()
    const port = await freePort()
    const device = await TestDevice.make({ url: `http://127.0.0.1:${port}` })
    const prepared = await openFileStore(DATA, { log: () => {}, onFailure: () => {} })
    await prepared.commit([
      { table: 'account', put: ADA.account },
      { table: 'membership', put: ADA.membership },
    ])
    const code = await makeCode({ store: prepared, clock }, { jkt: await device.jkt() })
    await prepared.close()

    const site = await serving({ DATA, PORT: String(port) })
    const tokens = await device.redeem(code)
    const nonce = (await send(site.url, { path: '/healthz' })).headers['dpop-nonce']
    const url = `${site.url}/refresh`
    const proof = await createProof(device.key, { method: 'POST', url, now: clock.now(), nonce })
    const half = await halfRequest(site.url, {
      path: '/refresh',
      body: String(
        new URLSearchParams({
          client_id: 'latchkey-desktop',
          refresh_token: tokens.refresh_token,
        }),
      ),
      headers: [`DPoP: ${proof}`],
    })
    site.child.kill('SIGTERM')
    await refused(site.url)
    const [head, body = ''] = (await half.finish()).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(await site.ended).toBe(0)

    const { refresh_token = '' } = JSON.parse(body) as { refresh_token?: string }
    await serving({ DATA, PORT: String(port) })
    expect((await device.refresh(refresh_token)).status).toBe(200)
  })

  test('SIGTERM with a request that never ends: exit code 0 all the same, in some seconds', async () => {
    const site = await serving({ DATA: copyOfHealthy() })
    await halfRequest(site.url)
    const began = performance.now()
    site.child.kill('SIGTERM')
    expect(await site.ended).toBe(0)
    expect(performance.now() - began).toBeLessThan(8_000)
  })

  test('SIGKILL: the next start finds everything that was acknowledged, and the folder free', async () => {
    const DATA = join(root, `new-${copies++}`)
    const site = await serving({ DATA })
    const device = await TestDevice.make(site)
    const told = { name: 'Desk', platform: 'linux' }
    const { body } = await device.postJson('/devices', told)
    const kids = () =>
      JSON.parse(readFileSync(join(DATA, 'keys.json'), 'utf8')).keys.map(
        ({ kid }: { kid: string }) => kid,
      )
    const keys = kids()
    site.child.kill('SIGKILL')
    expect(await site.ended).toBe('SIGKILL')
    const again = await serving({ DATA })
    expect((await send(again.url, { path: '/readyz' })).status).toBe(200)
    expect(kids()).toEqual(keys)
    const query = new URLSearchParams({
      client_id: 'latchkey-desktop',
      response_type: 'code',
      redirect_uri: 'http://127.0.0.1:5000/callback',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
      device_id: String(body.device_id),
      dpop_jkt: await device.jkt(),
    })
    const { headers } = await send(again.url, { path: `/signin?${query}` })
    // The device is known: only the provider, which is not there, stops the sign-in.
    expect(headers.location).toContain('error=temporarily_unavailable')
  })

  test('its parent gone: it ends too, in order', async () => {
    const site = await serving({ DATA: copyOfHealthy() })
    site.child.stdin?.end()
    expect(await site.ended).toBe(0)
  })
})
