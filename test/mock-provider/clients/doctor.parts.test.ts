import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finding } from '../../../mock-provider/doctor/diagnose.ts'
import { NATIVE, READ } from '../applications.ts'
import { Client } from './client.ts'
import { openSecureWorld } from './world.ts'

type World = Awaited<ReturnType<typeof openSecureWorld>>
let world: World

/** MSAL and the doctor, in processes that trust the provider, and in some that don't. */
let trusting: { readonly msal: Client; readonly doctor: Client }
let untrusting: typeof trusting

/** Serves metadata whose issuer is elsewhere. */
const elsewhere = createServer((_, response) => {
  const url = `https://localhost:${(elsewhere.address() as AddressInfo).port}`
  const metadata = {
    issuer: 'https://login.contoso.test/v2.0/',
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    jwks_uri: `${url}/keys`,
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(metadata))
})

const open = async (ca?: string) => {
  const [msal, doctor] = await Promise.all([
    Client.start('msal-node.mjs', ca),
    Client.start('doctor.mjs', ca),
  ])
  return { msal, doctor }
}

beforeAll(async () => {
  world = await openSecureWorld()
  elsewhere.setSecureContext(world.credentials)
  await new Promise<void>((resolve) => elsewhere.listen(0, 'localhost', resolve))
  ;[trusting, untrusting] = await Promise.all([open(world.ca), open()])
})
afterAll(async () => {
  const clients = [trusting, untrusting].flatMap(({ msal, doctor }) => [msal, doctor])
  await Promise.all(clients.map((client) => client.close()))
  elsewhere.close()
  await world.close()
})

interface Situation {
  readonly authority?: (right: string) => string
  readonly knownAuthorities?: (host: string) => readonly string[]
  readonly trust?: 'none'
}

const toElsewhere = (right: string) => {
  const url = new URL(right)
  url.port = String((elsewhere.address() as AddressInfo).port)
  return url.href
}

const situations: readonly (readonly [string, Situation, string, readonly string[]])[] = [
  ['all is well', {}, 'interaction_required', []],
  [
    'plain http',
    { authority: (right) => right.replace('https:', 'http:') },
    'authority_uri_insecure',
    ['http'],
  ],
  ['nothing trusted', { trust: 'none' }, 'endpoints_resolution_error', ['untrusted']],
  ['nothing known', { knownAuthorities: () => [] }, 'endpoints_resolution_error', ['not-known']],
  [
    'known without its port',
    { knownAuthorities: () => ['localhost'] },
    'endpoints_resolution_error',
    ['known-without-port'],
  ],
  [
    'an issuer on another host',
    { authority: toElsewhere },
    'endpoints_resolution_error',
    ['foreign-issuer'],
  ],
  [
    'nobody there',
    { authority: (right) => right.replace(/:\d+/, ':9') },
    'endpoints_resolution_error',
    ['unreachable'],
  ],
]

test.each(situations)('%s: what MSAL says, and the doctor', async (_, situation, code, causes) => {
  const { msal, doctor } = situation.trust === 'none' ? untrusting : trusting
  const right = world.authorityOf('B2C_1_signupsignin')
  const authority = situation.authority?.(right) ?? right
  const { host } = new URL(authority)
  const knownAuthorities = situation.knownAuthorities?.(host) ?? [host]
  const asked = { authority, knownAuthorities }
  const signedIn = msal
    .ask('start', { package: '@azure/msal-node', clientId: NATIVE.clientId, ...asked })
    .then(() => msal.ask('signIn', { scopes: [READ], prompt: 'none' }))
  await expect(signedIn).rejects.toMatchObject({ code })
  const findings = await doctor.ask<Finding[]>('consult', { ...asked, caFile: world.ca })
  expect(findings.flatMap((one) => (one.kind === 'wrong' ? [one.cause] : []))).toEqual(causes)
})
