import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keptDeviceKeys } from '../../client/device-keys.ts'
import { Engine } from '../../client/engine.ts'
import { decodeHeld, encodeHeld } from '../../client/held.ts'
import type { SecretStore } from '../../client/ports.ts'
import { SystemClock } from '../../clock/clock.ts'
import { DAY } from '../../clock/moment.ts'
import { newDevice } from '../../idp/devices.ts'
import { openFileStore } from '../../idp/store/file-store.ts'
import type { Session } from '../../idp/store/records.ts'
import type { Write } from '../../idp/store/store.ts'
import {
  formatRefreshToken,
  newRefreshSecret,
  newSessionId,
} from '../../idp/tokens/refresh-token.ts'
import { hashOf } from '../../idp/tokens/secret.ts'
import { Party } from '../../playground/party.ts'
import { takePortBlock } from '../../playground/ports.ts'
import { thumbprint } from '../../protocol/dpop/key.ts'
import { TestDevice } from '../support/device.ts'
import { bundlePrograms, type Programs } from '../support/programs.ts'
import { ADA, PROVIDER } from '../support/site.ts'

const KILLS = 50
const ENGINES = 8

let programs: Programs
const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-kill-'))
const data = path.join(folder, 'data')
const lease = createServer()
const clock = new SystemClock()

beforeAll(async () => {
  programs = await bundlePrograms()
})

afterAll(() => {
  lease.close()
  programs.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** A session as a sign-in makes it, and the refresh token that its device holds. */
async function begunSession(
  key: TestDevice['key'],
): Promise<{ token: string; id: string; writes: Write[] }> {
  const jwk = await key.publicJwk()
  const jkt = await thumbprint(jwk)
  const now = clock.now()
  const device = {
    ...newDevice({ jkt, jwk }, { name: 'Laptop', platform: 'linux' }, now),
    used: true,
  }
  const id = newSessionId()
  const secret = newRefreshSecret()
  const session: Session = {
    id,
    clientId: 'latchkey-desktop',
    userId: ADA.user.id,
    accountId: ADA.account.id,
    deviceId: device.id,
    jkt,
    authTime: now,
    createdAt: now,
    refreshedAt: now,
    idle: 14 * DAY,
    absolute: 180 * DAY,
    purge: null,
    tokens: { current: hashOf(secret), confirmed: false, previous: null, displaced: [] },
    cookieHash: null,
    accessTokenId: 'at_none',
    accessEndsAt: now,
    ended: null,
  }
  const writes: Write[] = [
    { table: 'device', put: device },
    { table: 'session', put: session },
  ]
  return { token: formatRefreshToken({ sessionId: id, secret }), id, writes }
}

/** A keychain that outlives the engine. */
class Keychain implements SecretStore {
  value: string | undefined
  read = async () => this.value
  write = async (value: string) => {
    this.value = value
  }
  clear = async () => {
    this.value = undefined
  }
}

async function engineWith(
  url: string,
): Promise<{ engine: Engine; keychain: Keychain; writes: Write[] }> {
  const { key, keep } = await keptDeviceKeys.create()
  const { token, id, writes } = await begunSession(key)
  const jkt = await thumbprint(await key.publicJwk())
  const device = writes.flatMap((write) =>
    'put' in write && write.table === 'device' ? [write.put.id] : [],
  )
  const keychain = new Keychain()
  keychain.value = encodeHeld({
    version: 1,
    device: { jkt, ...(keep === undefined ? {} : { keep }), id: device[0] ?? '' },
    session: { id, refreshToken: token },
  })
  const engine = new Engine(
    {
      issuer: url,
      clientId: 'latchkey-desktop',
      device: { name: 'Laptop', platform: 'linux' },
      services: [],
    },
    {
      secrets: keychain,
      deviceKeys: keptDeviceKeys,
      browser: {
        prepare: () => Promise.reject(new Error('Nobody shall be asked to sign in.')),
      },
      http: fetch,
      clock,
      log: () => {},
    },
  )
  return { engine, keychain, writes }
}

test(`killed ${KILLS} times under refresh load: nothing acknowledged is lost, the store opens, every client goes on by itself`, async () => {
  const ports = await takePortBlock(lease)
  const url = `http://127.0.0.1:${ports.site}`
  const clients = await Promise.all(Array.from({ length: ENGINES }, () => engineWith(url)))
  const device = await TestDevice.make({ url })
  const revocable = await Promise.all(Array.from({ length: KILLS }, () => begunSession(device.key)))
  const seed = await openFileStore(data, { log: () => {}, onFailure: () => {} })
  await seed.commit([
    { table: 'user', put: ADA.user },
    { table: 'account', put: ADA.account },
    { table: 'membership', put: ADA.membership },
    ...clients.flatMap(({ writes }) => writes),
    ...revocable.flatMap(({ writes }) => writes),
  ])
  await seed.close()
  const site = new Party({
    name: 'site',
    program: programs.path('site'),
    environment: {
      SITE_URL: url,
      DATA: data,
      PROVIDERS: JSON.stringify([PROVIDER]),
      SERVICES: '[]',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
    },
    logFile: path.join(folder, 'site.log'),
  })
  await site.start()

  let over = false
  const counts = { ok: 0, retry_later: 0, ended: 0 }
  const load = clients.map(async ({ engine }) => {
    while (!over) {
      const outcome = await engine.refresh()
      counts[outcome.kind]++
      if (outcome.kind === 'ended') return
      // Nobody listens for a moment after a kill: don't spin.
      if (outcome.kind === 'retry_later') await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
  const revoked: string[] = []
  for (const [round, { token }] of revocable.entries()) {
    await new Promise((resolve) => setTimeout(resolve, 60 + ((round * 37) % 120)))
    const answer = device
      .post('/revoke', { token, client_id: 'latchkey-desktop' })
      .catch(() => undefined)
    // Sometimes after the revocation was acknowledged, sometimes in the middle of it.
    if (round % 3 !== 0) await answer
    process.kill(site.pid ?? 0, 'SIGKILL')
    if ((await answer)?.status === 200) revoked.push(token)
    while (site.state !== 'stopped') await new Promise((resolve) => setTimeout(resolve, 2))
    await site.start()
  }
  over = true
  await Promise.all(load)

  expect(counts.ended).toBe(0)
  expect(counts.ok).toBeGreaterThan(KILLS)
  expect(revoked.length).toBeGreaterThan(KILLS / 4)
  for (const { engine, keychain } of clients) {
    expect((await engine.refresh()).kind).toBe('ok')
    expect(decodeHeld(keychain.value ?? '')?.session).toBeDefined()
  }
  for (const token of revoked) {
    expect((await device.refresh(token)).body.reason).toBe('signed_out')
  }
  await site.stop()
})
