import { createHash } from 'node:crypto'
import process from 'node:process'
import { keptDeviceKeys } from '../../../client/device-keys.ts'
import { FileSecretStore } from '../../../client/node/file-secrets.ts'
import { createProof } from '../../../protocol/dpop/proof.ts'
import { deviceClock, deviceEngine, followAsDevice } from '../device-engine.ts'
import type { CallReport, Exchange, FromDevice, Order, Report, ToDevice } from './orders.ts'

/**
 * A device of the story: the real engine in a process of its own, which can be killed. Its secrets lie
 * in a file, for there is no keychain in a script.
 */
const [issuer = '', service = '', hub = '', secretFile = '', name = ''] = process.argv.slice(2)

const tell = (message: FromDevice): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve())
  })

const clock = deviceClock()
const secrets = new FileSecretStore(secretFile)
const waiting = new Map<number, (failure: string | undefined) => void>()
let exchanges: Exchange[] = []
let newest: { refreshToken: string; accessToken: string } | undefined
let serviceNonce: string | undefined
let dieOnRefresh = false
let asked = 0

const fingerprint = (secret: string) =>
  createHash('sha256').update(secret).digest('hex').slice(0, 12)

/** Real HTTP, looked at on the way. */
async function http(request: Request): Promise<Response> {
  const { pathname, origin } = new URL(request.url)
  const held = (await secrets.read()) ?? ''
  const newestStored = newest === undefined || held.includes(newest.refreshToken)
  const response = await fetch(request)
  const tokens = await tokensIn(response)
  if (dieOnRefresh && pathname === '/refresh' && tokens) {
    await tell({ lost: fingerprint(tokens.refreshToken) })
    process.kill(process.pid, 'SIGKILL')
  }
  if (tokens) newest = tokens
  if (origin === service) serviceNonce = response.headers.get('dpop-nonce') ?? serviceNonce
  exchanges.push({
    path: pathname,
    status: response.status,
    newestStored,
    ...(tokens ? { fingerprint: fingerprint(tokens.refreshToken) } : {}),
  })
  return response
}

async function tokensIn(response: Response): Promise<typeof newest> {
  if (!response.ok || !response.headers.get('content-type')?.includes('json')) return undefined
  const body: unknown = await response.clone().json()
  const { refresh_token, access_token } = body as Record<string, unknown>
  return typeof refresh_token === 'string' && typeof access_token === 'string'
    ? { refreshToken: refresh_token, accessToken: access_token }
    : undefined
}

const engine = deviceEngine({
  site: issuer,
  service,
  name,
  platform: process.platform,
  secrets,
  clock,
  http,
  openBrowser: (url) =>
    new Promise((resolve, reject) => {
      const number = ++asked
      waiting.set(number, (failure) => (failure ? reject(new Error(failure)) : resolve()))
      void tell({ open: url, number })
    }),
})

async function obey(order: Order): Promise<Report> {
  switch (order.do) {
    case 'start':
      await engine.start()
      return report()
    case 'sign_in': {
      const signIn = await engine.signIn()
      return { ...report(), signIn }
    }
    case 'sign_out':
      await engine.signOut()
      return report()
    case 'call': {
      const outcome = await engine.fetch(order.url)
      const call: CallReport =
        outcome.kind === 'ok'
          ? { kind: 'ok', ...(await read(outcome.response)) }
          : { kind: outcome.kind, ended: outcome.kind === 'ended' ? outcome.ended : undefined }
      return { ...report(), call }
    }
    case 'call_bare':
      return { ...report(), call: { kind: 'ok', ...(await callBare(order.url)) } }
    case 'die_on_next_refresh':
      dieOnRefresh = true
      return report()
  }
}

function report(): Report {
  const told = { state: engine.state, exchanges }
  exchanges = []
  return told
}

/** The newest access token, kept by somebody who doesn't care for endings. */
async function callBare(url: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const held = JSON.parse((await secrets.read()) ?? '{}') as { device?: { keep?: string } }
  const key = await keptDeviceKeys.load(held.device?.keep)
  if (!key || !newest) throw new Error('This device never had a token.')
  for (let tries = 0; ; tries++) {
    const { accessToken } = newest
    const proof = await createProof(key, {
      method: 'GET',
      url,
      now: clock.now(),
      nonce: serviceNonce,
      accessToken,
    })
    const answer = await fetch(url, {
      headers: { authorization: `DPoP ${accessToken}`, dpop: proof },
    })
    serviceNonce = answer.headers.get('dpop-nonce') ?? serviceNonce
    const told = await read(answer)
    if (told.body.error !== 'use_dpop_nonce' || tries > 0) return told
  }
}

const read = async (answer: Response) => ({
  status: answer.status,
  body: (await answer.json()) as Record<string, unknown>,
})

process.on('message', (message: ToDevice) => {
  if ('opened' in message) {
    waiting.get(message.opened)?.(message.failure)
    waiting.delete(message.opened)
    return
  }
  const { number } = message
  obey(message.order).then(
    (told) => tell({ report: told, number }),
    (error: unknown) =>
      tell({ failure: error instanceof Error ? error.message : String(error), number }),
  )
})
// Whoever plays the story may be killed: a device must not outlive it.
process.once('disconnect', () => process.exit(0))

await followAsDevice(hub, name, clock, new AbortController().signal)
await tell({ ready: true })
