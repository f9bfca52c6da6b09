import { stat } from 'node:fs/promises'
import path from 'node:path'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toIso, toSeconds } from '../../../clock/moment.ts'
import { readRefusal, securityEvent } from '../../../idp/services/security-event.ts'
import type { ServiceEvent } from '../../../protocol/events.ts'
import { inWords, REASONS } from '../../../protocol/reasons.ts'
import { TestDevice } from '../../support/device.ts'
import { Receiver } from '../../support/receiver.ts'
import { type RunningSite, startSite } from '../../support/site.ts'
import { T0 } from '../store/records.ts'

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const ISSUER = 'https://id.example.test'
const CAEP = 'https://schemas.openid.net/secevent/caep/event-type'
const RISC = 'https://schemas.openid.net/secevent/risc/event-type'

const put = (payload: ServiceEvent) =>
  securityEvent({ id: 'evt_1', at: T0, payload, keepUntil: T0 }, ISSUER)

const timestamp = toIso(T0)
const event_timestamp = toSeconds(T0)
const user = { format: 'iss_sub', iss: ISSUER, sub: 'usr_1' }
const tenant = { format: 'opaque', id: 'acc_1' }

describe('how each event is put', () => {
  test.for(REASONS)('session.ended, %s: the same word and the same sentence', (reason) => {
    const data = {
      session_id: 'ses_1',
      user_id: 'usr_1',
      account_id: 'acc_1',
      device_id: null,
      reason,
      actor: 'user' as const,
      exp: 1,
    }
    const { sentence } = inWords(reason, { at: T0, timeZone: 'UTC' })
    expect(put({ type: 'session.ended', timestamp, data })).toEqual({
      type: `${CAEP}/session-revoked`,
      subject: { format: 'complex', session: { format: 'opaque', id: 'ses_1' }, user, tenant },
      claims: {
        event_timestamp,
        initiating_entity: 'user',
        reason_admin: { en: reason },
        reason_user: { en: sentence },
      },
    })
  })

  const subscription = {
    id: 'sub_1',
    plan: 'team',
    status: 'active',
    trial_ends_at: null,
    period_ends_at: null,
  } as const

  const others: readonly (readonly [ServiceEvent, object])[] = [
    [
      { type: 'credential.changed', timestamp, data: { user_id: 'usr_1', actor: 'admin' } },
      {
        type: `${CAEP}/credential-change`,
        subject: user,
        claims: {
          event_timestamp,
          initiating_entity: 'admin',
          credential_type: 'password',
          change_type: 'update',
          reason_admin: { en: 'password_reset' },
        },
      },
    ],
    [
      {
        type: 'subscription.changed',
        timestamp,
        data: { account_id: 'acc_1', subscription, actor: 'system' },
      },
      {
        type: `${CAEP}/token-claims-change`,
        subject: { format: 'complex', tenant },
        claims: { event_timestamp, initiating_entity: 'system', claims: { subscription } },
      },
    ],
    [
      {
        type: 'membership.changed',
        timestamp,
        data: { user_id: 'usr_1', account_id: 'acc_1', role: 'admin', actor: 'user' },
      },
      {
        type: `${CAEP}/token-claims-change`,
        subject: { format: 'complex', user, tenant },
        claims: {
          event_timestamp,
          initiating_entity: 'user',
          claims: { account: { id: 'acc_1', role: 'admin' } },
        },
      },
    ],
    [
      { type: 'account.closed', timestamp, data: { account_id: 'acc_1', actor: 'user' } },
      {
        type: `${RISC}/account-disabled`,
        subject: { format: 'complex', tenant },
        claims: {},
      },
    ],
    [
      { type: 'user.deleted', timestamp, data: { user_id: 'usr_1', actor: 'user' } },
      { type: `${RISC}/account-purged`, subject: user, claims: {} },
    ],
  ]
  test.for(others)('%o', ([event, expected]) => expect(put(event)).toEqual(expected))
})

describe('over the wire', () => {
  let receiver: Receiver
  let site: RunningSite

  beforeEach(async () => {
    receiver = await Receiver.start()
    receiver.otherwise = 202
    site = await startSite({
      SERVICES: JSON.stringify([
        {
          url: receiver.url,
          secret: SECRET,
          format: 'caep',
          token: 'push-token',
          audience: 'shop',
        },
      ]),
      ALLOW_INTERNAL_SERVICES: JSON.stringify([receiver.origin]),
    })
  })
  afterEach(async () => {
    await site.close()
    receiver.close()
  })

  async function signOut(): Promise<string> {
    const device = await TestDevice.make(site)
    const { refresh_token, session_id } = await device.signIn(site)
    await device.post('/revoke', { token: refresh_token, client_id: 'latchkey-desktop' })
    return session_id
  }

  /** As a receiver does it who knows the issuer and nothing else. */
  async function verify(token: string) {
    const metadata = await (await fetch(`${site.url}/.well-known/ssf-configuration`)).json()
    expect(metadata).toMatchObject({
      spec_version: '1_0',
      issuer: site.url,
      delivery_methods_supported: ['urn:ietf:rfc:8935'],
    })
    return jwtVerify(token, createRemoteJWKSet(new URL(metadata.jwks_uri)), {
      typ: 'secevent+jwt',
      algorithms: ['RS256'],
      issuer: metadata.issuer,
      audience: 'shop',
    })
  }

  test('a sign-out arrives as a SET that jose verifies by our metadata alone', async () => {
    const session = await signOut()
    await site.due.run()
    const [received] = receiver.received
    expect(received?.headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      authorization: 'Bearer push-token',
    })
    const { payload } = await verify(received?.body ?? '')
    const [event] = await site.store.eventsAfter(0, 1)
    expect(payload).toMatchObject({ jti: event?.id, txn: event?.id, toe: expect.any(Number) })
    expect(payload.events).toHaveProperty(
      [`${CAEP}/session-revoked`, 'reason_admin', 'en'],
      'signed_out',
    )
    expect(Object.keys(payload.events as object)).toHaveLength(1)
    expect(payload.sub_id).toMatchObject({ format: 'complex', session: { id: session } })
    for (const claim of ['sub', 'exp', 'nonce']) expect(payload).not.toHaveProperty(claim)
    expect(await site.store.countDeliveries(receiver.url)).toMatchObject({ delivered: 1 })
  })

  test('its key verifies no access token, and the key of access tokens verifies no SET', async () => {
    await signOut()
    await site.due.run()
    const token = receiver.received[0]?.body ?? ''
    const tokens = createRemoteJWKSet(new URL(`${site.url}/jwks`))
    await expect(jwtVerify(token, tokens)).rejects.toThrow()
    const { kid } = decodeProtectedHeader(token)
    const { keys } = await (await fetch(`${site.url}/jwks`)).json()
    expect(keys.map((key: { kid: string }) => key.kid)).not.toContain(kid)
  })

  test('refused with an error of RFC 8935: it is in the history, and the next attempt has the same jti', async () => {
    receiver.replies.push({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ err: 'invalid_key', description: 'The key is\nnot known here.' }),
    })
    await signOut()
    await site.due.run()
    const [delivery] = await site.store.deliveries({ limit: 1 })
    expect(delivery?.history).toMatchObject([
      { outcome: { status: 400, error: 'invalid_key: The key is not known here.' } },
    ])
    site.clock.advance(6_000)
    await site.due.run()
    const ids = await Promise.all(
      receiver.received.map(async ({ body }) => (await verify(body)).payload.jti),
    )
    expect(new Set(ids).size).toBe(1)
    expect(ids).toHaveLength(2)
  })

  test('the keys are for the owner’s eyes alone, and the published ones hold no private half', async () => {
    const file = path.join(site.site.settings.data, 'event-keys.json')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const { keys } = await (await fetch(`${site.url}/events/jwks`)).json()
    expect(keys).toHaveLength(1)
    expect(Object.keys(keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    expect(Buffer.from(keys[0].n, 'base64url')).toHaveLength(256)
  })
})

test('a site of whom nobody asks for SETs has no such keys and says so', async () => {
  const site = await startSite()
  for (const address of ['/.well-known/ssf-configuration', '/events/jwks']) {
    expect((await fetch(site.url + address)).status).toBe(404)
  }
  await expect(stat(path.join(site.site.settings.data, 'event-keys.json'))).rejects.toThrow(
    'ENOENT',
  )
  await site.close()
})

test.for([
  ['{"err":"access_denied"}', 'access_denied'],
  [`{"err":"jwtAud","description":"${'x'.repeat(500)}"}`, `jwtAud: ${'x'.repeat(192)}`],
  ['{"err":"<b>"}', undefined],
  ['{"err":1}', undefined],
  ['{"error":"other"}', undefined],
  ['null', undefined],
  ['<html>', undefined],
  ['', undefined],
] as const)('of a refusal %s is kept: %s', ([body, kept]) => expect(readRefusal(body)).toBe(kept))
