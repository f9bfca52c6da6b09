import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bodyParser } from '@koa/bodyparser'
import Koa from 'koa'
import { afterEach, expect, test } from 'vitest'
import { SystemClock } from '../../clock/clock.ts'
import { ClockHub } from '../../clock/hub.ts'
import { DAY, type Duration, MINUTE } from '../../clock/moment.ts'
import { DEFAULT_APPLICATION, DEFAULT_PASSWORD } from '../../mock-provider/defaults.ts'
import { followers } from '../../playground/console/clock-api.ts'
import { Browser } from './browser.ts'

const runner = fileURLToPath(new URL('../../run.mjs', import.meta.url))
const children: ChildProcess[] = []
const hubs: Server[] = []
const folders: string[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
  for (const hub of hubs.splice(0)) {
    hub.closeAllConnections()
    hub.close()
  }
})

interface Ready {
  readonly ready: string
  readonly url: string
  readonly issuer: string
  readonly resetIssuer: string
  /** Of https alone. */
  readonly ca?: string
}

function start(environment: Record<string, string>, words: readonly string[] = []) {
  const child = spawn(process.execPath, [runner, 'provider', ...words], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.push(child)
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk
  })
  const ended = once(child, 'close').then(([code]) => code as number)
  const ready = new Promise<Ready>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (said.stdout.startsWith('{') && said.stdout.includes('\n'))
        resolve(JSON.parse(said.stdout))
    })
    ended.then(() => reject(new Error(said.stderr)))
  })
  ready.catch(() => {})
  return { child, said, ready, ended }
}

/** The shared clock as the playground serves it. */
async function startHub(offset: Duration) {
  const hub = new ClockHub({ base: new SystemClock(), offset })
  const app = new Koa().use(bodyParser()).use(followers(hub).routes())
  // The stream's other end is killed with its process: koa need not report that.
  app.silent = true
  const server = createServer(app.callback())
  hubs.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { hub, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const authorize = (issuer: string, more: Record<string, string> = {}) =>
  `${issuer.replace('/v2.0/', '/oauth2/v2.0/authorize')}?${new URLSearchParams({
    client_id: DEFAULT_APPLICATION.clientId,
    redirect_uri: DEFAULT_APPLICATION.redirectUris[0] ?? '',
    response_type: 'code',
    scope: 'openid',
    state: 'st',
    ...more,
  })}`

test('it says one line on stdout when it is ready, keeps secrets to itself, and ends cleanly', async () => {
  const { child, said, ready, ended } = start({ PORT: '0' })
  const { url, issuer, resetIssuer } = await ready
  expect(JSON.parse(said.stdout)).toEqual({ ready: 'provider', url, issuer, resetIssuer })
  expect(resetIssuer).toMatch(/\/b2c_1_passwordreset\/v2\.0\/$/)
  expect(issuer).toMatch(`${url}/tfp/`)
  const browser = new Browser(url)
  const page = await browser.get(authorize(issuer))
  const callback = await browser.submit(page, {
    email: 'alice@example.test',
    password: DEFAULT_PASSWORD,
  })
  const code = callback.url.searchParams.get('code') ?? ''
  expect(code).not.toBe('')
  const session = (await browser.jar.getCookies(url)).map(({ value }) => value)
  expect((await fetch(`${url}/control/people`)).status).toBe(404)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(said.stdout.trim().split('\n')).toHaveLength(1)
  for (const secret of [DEFAULT_PASSWORD, DEFAULT_APPLICATION.clientSecret, code, ...session]) {
    expect(said.stderr).not.toContain(secret)
  }
})

test('it answers on each loopback address of the machine, but only to its own name', async () => {
  const { ready } = start({ PORT: '0' })
  const { url } = await ready
  const hasSix = Object.values(networkInterfaces()).some((all) =>
    all?.some(({ address }) => address === '::1'),
  )
  for (const host of hasSix ? ['127.0.0.1', '[::1]'] : ['127.0.0.1']) {
    const foreign = await fetch(url.replace('localhost', host))
    expect(foreign.status).toBe(421)
    expect(await foreign.text()).toContain(url)
  }
})

test('a port in use is named in one sentence, exit code 1', async () => {
  const { ready } = start({ PORT: '0' })
  const PORT = new URL((await ready).url).port
  const second = start({ PORT })
  expect(await second.ended).toBe(1)
  expect(second.said.stdout).toBe('')
  expect(second.said.stderr).toContain(
    `Port ${PORT} is in use: stop what listens there, or set PORT to another one`,
  )
})

test.each([
  [{ PORT: 'x' }, 'PORT is a number'],
  [{ PORT: '0', CLOCK_URL: 'http://127.0.0.1:1' }, "doesn't answer: start it first"],
])('wrong settings are told in one sentence, exit code 1: %j', async (environment, sentence) => {
  const { said, ended } = start(environment)
  expect(await ended).toBe(1)
  expect(said.stdout).toBe('')
  expect(said.stderr).toContain(sentence)
})

test('it follows the shared clock: three days on at its start, and a day more ends the session', async () => {
  const { hub, url: CLOCK_URL } = await startHub(3 * DAY)
  const { issuer, url } = await start({ PORT: '0', CLOCK_URL }).ready
  expect(hub.parties).toEqual(['provider'])
  const browser = new Browser(url)
  const page = await browser.get(authorize(issuer))
  await browser.submit(page, { email: 'alice@example.test', password: DEFAULT_PASSWORD })
  const probe = async () => (await browser.get(authorize(issuer, { prompt: 'none' }))).url
  expect((await probe()).searchParams.has('code')).toBe(true)
  await hub.advance(DAY + MINUTE)
  const refused = (await probe()).searchParams
  expect(refused.get('error')).toBe('interaction_required')
  const told = /Timestamp: (\S+ \S+)Z/.exec(refused.get('error_description') ?? '')?.[1] ?? ''
  expect(Math.abs(Date.parse(`${told.replace(' ', 'T')}Z`) - hub.now())).toBeLessThan(MINUTE)
})

const authorityAt = (url: string) => `${url}/latchkey.onmicrosoft.com/B2C_1_signupsignin`

test('https from the first start, at two at once: both are trusted by the one file that print-env names', async () => {
  const PROVIDER_DATA = mkdtempSync(join(tmpdir(), 'latchkey-provider-'))
  folders.push(PROVIDER_DATA)
  const both = [1, 2].map(() => start({ PORT: '0', PROVIDER_DATA }, ['--https']).ready)
  const [first, second] = await Promise.all(both)
  const printed = start({ PROVIDER_DATA }, ['print-env'])
  expect(await printed.ended).toBe(0)
  const ca = /NODE_EXTRA_CA_CERTS='([^']+)'/.exec(printed.said.stdout)?.[1] ?? ''
  expect([first?.ca, second?.ca]).toEqual([ca, ca])
  const consult = async (ready: Ready | undefined, environment: Record<string, string>) => {
    const { url = '' } = ready ?? {}
    const words = ['doctor', authorityAt(url), '--known-authorities', new URL(url).host]
    const { said, ended } = start({ PROVIDER_DATA, ...environment }, words)
    return { code: await ended, said: said.stdout }
  }
  const trusting = { NODE_EXTRA_CA_CERTS: ca }
  for (const ready of [first, second]) {
    expect(await consult(ready, trusting)).toMatchObject({ code: 0 })
  }
  expect(await consult(first, {})).toEqual({
    code: 1,
    said: expect.stringContaining(`NODE_EXTRA_CA_CERTS=${ca}`),
  })
})

test('a broken authority is named in one sentence, exit code 1', async () => {
  const PROVIDER_DATA = mkdtempSync(join(tmpdir(), 'latchkey-provider-'))
  folders.push(PROVIDER_DATA)
  writeFileSync(join(PROVIDER_DATA, 'authority.pem'), 'half a key')
  const { said, ended } = start({ PORT: '0', PROVIDER_DATA }, ['--https'])
  expect(await ended).toBe(1)
  expect(said.stderr).toContain("authority.pem can't be used")
})

test('in the playground it ends with its parent, even with one that was killed: its standard input ends', async () => {
  const provider = start({ PORT: '0', LATCHKEY_END_WITH_STDIN: '1' })
  await provider.ready
  provider.child.stdin.destroy()
  expect(await provider.ended).toBe(0)
})
