import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { FAULT_NAMES, type Fault } from '../../../mock-provider/faults/catalogue.ts'
import type { FaultDetails } from '../../../mock-provider/faults/faults.ts'
import { openWorld } from '../world.ts'
import { firstFound, type Look } from './careful-application.ts'

/**
 * Mutations of the provider, and what a careful application finds of each. A row is red when the
 * mutation goes unnoticed, or is noticed later than said.
 */
const MUTATIONS: readonly (readonly [Fault, FaultDetails, Look])[] = [
  ['metadata-of-another-issuer', {}, 'the provider is found'],
  ['unavailable', { at: 'metadata' }, 'the provider is found'],
  ['truncated', { at: 'metadata' }, 'the provider is found'],
  ['ignored-prompt-login', {}, 'the person is asked'],
  ['dropped', { at: 'pages' }, 'the person is asked'],
  ['refused', { at: 'authorize', code: 'AADB2C90037' }, 'the person is asked'],
  ['too-many-requests', { at: 'token' }, 'the identity is believed'],
  ['dropped', { at: 'token' }, 'the identity is believed'],
  ['truncated', { at: 'token' }, 'the identity is believed'],
  ['truncated', { at: 'keys' }, 'the identity is believed'],
  ['refused', { at: 'token', code: 'AADB2C90080' }, 'the identity is believed'],
  ['no-id-token', {}, 'the identity is believed'],
  ['wrong-issuer', {}, 'the identity is believed'],
  ['wrong-audience', {}, 'the identity is believed'],
  ['wrong-nonce', {}, 'the identity is believed'],
  ['expired', {}, 'the identity is believed'],
  ['from-the-future', {}, 'the identity is believed'],
  ['missing-claim', { claim: 'iss' }, 'the identity is believed'],
  ['missing-claim', { claim: 'aud' }, 'the identity is believed'],
  ['missing-claim', { claim: 'sub' }, 'the identity is believed'],
  ['missing-claim', { claim: 'exp' }, 'the identity is believed'],
  ['missing-claim', { claim: 'iat' }, 'the identity is believed'],
  ['missing-claim', { claim: 'nonce' }, 'the identity is believed'],
  ['unsigned', {}, 'the identity is believed'],
  ['signed-by-published-key', {}, 'the identity is believed'],
  ['unknown-key', {}, 'the identity is believed'],
  ['unpublished-keys', {}, 'the identity is believed'],
  ['foreign-signature', {}, 'the identity is believed'],
  ['broken-signature', {}, 'the identity is believed'],
  ['wrong-state', {}, 'the identity is believed'],
  ['lost-state', {}, 'the identity is believed'],
  ['foreign-iss', {}, 'the identity is believed'],
  ['stale-sign-in', {}, 'the sign-in is fresh'],
  ['missing-claim', { claim: 'auth_time' }, 'the sign-in is fresh'],
  ['wrong-policy', {}, 'the claims are B2C’s'],
  ['missing-claim', { claim: 'tfp' }, 'the claims are B2C’s'],
  ['missing-claim', { claim: 'emails' }, 'the claims are B2C’s'],
  ['no-emails', {}, 'the claims are B2C’s'],
  ['always-new', {}, 'the claims are B2C’s'],
  ['missing-claim', { claim: 'nbf' }, 'the signature is the published key’s'],
  ['reusable-code', {}, 'a code is good once'],
  ['knows-without-cookies', {}, 'a stranger is not known'],
  ['ignored-prompt-none', {}, 'a stranger is not known'],
  ['ignored-logout', {}, 'logout leads back'],
  ['cookie-kept', {}, 'the session’s cookie is gone'],
  ['sticky-session', {}, 'nobody is signed in any more'],
  ['session-kept', {}, 'a copied cookie is worth nothing'],
]

/** Faults that an application has nothing to find of. */
const HARMLESS: readonly (readonly [Fault, FaultDetails])[] = [['slow', { seconds: 0.01 }]]

let world: Awaited<ReturnType<typeof openWorld>>

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
afterEach(() => world.faults.clear())

async function find(fault?: Fault, details?: FaultDetails): Promise<Look> {
  const browser = world.browser()
  await world.signIn(browser, 'alice@example.test')
  if (fault) world.faults.set(fault, 'on', details)
  return firstFound(world, browser)
}

test('without a mutation there is nothing to find', async () => {
  expect(await find()).toBe('nothing is found')
})

test.each(HARMLESS)('%s: nothing to find either', async (fault, details) => {
  expect(await find(fault, details)).toBe('nothing is found')
})

describe('each mutation is found', () => {
  test.each(MUTATIONS)('%s %j: %s', async (fault, details, look) => {
    expect(await find(fault, details)).toBe(look)
  })
})

test('every fault is among them', () => {
  const tried = new Set([...MUTATIONS, ...HARMLESS].map(([fault]) => fault))
  expect(FAULT_NAMES.filter((fault) => !tried.has(fault))).toEqual([])
})
