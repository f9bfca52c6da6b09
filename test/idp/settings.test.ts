import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../clock/moment.ts'
import { DEFAULT_RATE_LIMITS } from '../../idp/http/rate-limits.ts'
import { DEFAULT_PLANS } from '../../idp/plans/catalogue.ts'
import { readSettings, SETTING_NAMES } from '../../idp/settings.ts'

const PROVIDER = {
  name: 'b2c',
  label: 'Work or personal account',
  issuer: 'http://localhost:4000/tenant/v2.0/',
  client_id: 'site',
  client_secret: 'keep-this-to-yourself',
}
const PROVIDERS = JSON.stringify([PROVIDER])
const provider = (more: Record<string, unknown>) => ({
  PROVIDERS: JSON.stringify([{ ...PROVIDER, ...more }]),
})
const PLAN = { name: 'gold', label: 'Gold', period: '365d', price: 'a lot, each year' }
const plan = (...more: readonly Record<string, unknown>[]) => ({
  PLANS: JSON.stringify(more.map((one) => ({ ...PLAN, ...one }))),
})
const service = (more: Record<string, unknown>) => ({
  SERVICES: JSON.stringify([
    { url: 'http://127.0.0.1:3100/webhooks', secret: `whsec_${'A'.repeat(32)}`, ...more },
  ]),
})

const read = (environment: Record<string, string> = {}) =>
  readSettings({ PROVIDERS, ...environment })

test('with a provider alone, all the rest has its default', () => {
  expect(read()).toEqual({
    url: 'http://127.0.0.1:3000',
    host: '127.0.0.1',
    port: 3000,
    data: '.latchkey/site',
    audience: 'http://127.0.0.1:3000',
    providers: [{ ...PROVIDER, scope: 'openid', domains: [] }],
    services: [],
    allowInternalServices: [],
    lifetimes: {
      access: HOUR,
      idle: 14 * DAY,
      absolute: 180 * DAY,
      trial: 30 * DAY,
      signingKey: 90 * DAY,
      grace: 7 * DAY,
    },
    plans: DEFAULT_PLANS,
    providerClockTolerance: 5 * SECOND,
    signinSuccess: '/',
    signoutSuccess: '/',
    extensionRedirectUris: [],
    clockUrl: undefined,
    trustedProxies: 0,
    rateLimits: DEFAULT_RATE_LIMITS,
    adminKey: undefined,
    logLevel: 'info',
    mailFrom: 'no-reply@localhost',
  })
})

test('what is set is what holds', () => {
  const settings = read({
    SITE_URL: 'https://id.example.test',
    HOST: '0.0.0.0',
    PORT: '8080',
    AUDIENCE: 'https://api.example.test',
    ACCESS_TTL: '15min',
    IDLE_TTL: '7d',
    ABSOLUTE_TTL: '365d',
    TRIAL_TTL: '2w',
    KEY_LIFE: '30d',
    ...plan({}),
    PROVIDER_CLOCK_TOLERANCE: '0s',
    SIGNIN_SUCCESS: '/account',
    EXTENSION_REDIRECT_URIS: '["https://abc.chromiumapp.org/"]',
    TRUSTED_PROXIES: '2',
    RATE_LIMITS: '{"token":60}',
    LOG_LEVEL: 'silent',
    CLOCK_URL: 'http://127.0.0.1:3200/clock',
    ...provider({
      domains: ['Acme.Example'],
      reset_issuer: 'http://localhost:4000/tenant/reset/v2.0/',
      reset_claim: 'isForgotPassword',
    }),
    ...service({}),
  })
  expect(settings).toMatchObject({
    url: 'https://id.example.test',
    host: '0.0.0.0',
    port: 8080,
    audience: 'https://api.example.test',
    lifetimes: {
      access: 15 * MINUTE,
      idle: 7 * DAY,
      absolute: 365 * DAY,
      trial: 14 * DAY,
      signingKey: 30 * DAY,
      grace: 7 * DAY,
    },
    providerClockTolerance: 0,
    signinSuccess: '/account',
    extensionRedirectUris: ['https://abc.chromiumapp.org/'],
    trustedProxies: 2,
    rateLimits: { ...DEFAULT_RATE_LIMITS, token: 60 },
    logLevel: 'silent',
    clockUrl: 'http://127.0.0.1:3200/clock',
  })
  expect(settings.providers[0]?.domains).toEqual(['acme.example'])
  expect(settings.providers[0]).toMatchObject({
    reset_issuer: 'http://localhost:4000/tenant/reset/v2.0/',
    reset_claim: 'isForgotPassword',
  })
  expect(settings.services).toHaveLength(1)
  expect(settings.plans).toEqual([{ ...PLAN, period: 365 * DAY }])
})

test.for([
  ['http://127.0.0.1:3000', 3000],
  ['http://localhost', 80],
  ['https://id.example.test', 443],
  ['https://id.example.test:8443', 8443],
] as const)('%s without PORT listens on %i', ([SITE_URL, port]) => {
  expect(read({ SITE_URL }).port).toBe(port)
})

const sentence = (environment: Record<string, string | undefined>): string => {
  try {
    readSettings({ PROVIDERS, ...environment })
  } catch (error) {
    expect(error).toMatchObject({ name: 'StartError' })
    return (error as Error).message
  }
  throw new Error('These settings were taken.')
}

/** Which setting, what it is given, and a part of it that nobody must read in a log. */
const WRONG: readonly (readonly [string, Record<string, string>, string?])[] = [
  ['SITE_URL', { SITE_URL: 'hunter2' }],
  ['SITE_URL', { SITE_URL: 'http://hunter2.example' }],
  ['SITE_URL', { SITE_URL: 'https://hunter2.example/' }],
  ['SITE_URL', { SITE_URL: 'https://hunter2.example/path' }],
  ['SITE_URL', { SITE_URL: '' }],
  ['PORT', { PORT: 'hunter2' }],
  ['PORT', { PORT: '70000' }, '70000'],
  ['PORT', { PORT: '-1' }],
  ['DATA', { DATA: '' }],
  ['ACCESS_TTL', { ACCESS_TTL: 'hunter2' }],
  ['ACCESS_TTL', { ACCESS_TTL: '3600' }, '3600 '],
  ['ACCESS_TTL', { ACCESS_TTL: '59s' }, '59s'],
  ['ACCESS_TTL', { ACCESS_TTL: '2d' }, '2d'],
  ['IDLE_TTL', { IDLE_TTL: '0s' }],
  ['ABSOLUTE_TTL', { ABSOLUTE_TTL: '366d' }, '366d'],
  ['TRIAL_TTL', { TRIAL_TTL: '1h' }],
  ['PROVIDER_CLOCK_TOLERANCE', { PROVIDER_CLOCK_TOLERANCE: '11min' }, '11min'],
  ['SIGNIN_SUCCESS', { SIGNIN_SUCCESS: 'https://hunter2.example/' }],
  ['SIGNIN_SUCCESS', { SIGNIN_SUCCESS: '//hunter2.example/' }],
  ['SIGNIN_SUCCESS', { SIGNIN_SUCCESS: '/\\hunter2.example/' }],
  ['SIGNOUT_SUCCESS', { SIGNOUT_SUCCESS: 'hunter2' }],
  ['EXTENSION_REDIRECT_URIS', { EXTENSION_REDIRECT_URIS: 'hunter2' }],
  ['EXTENSION_REDIRECT_URIS.0', { EXTENSION_REDIRECT_URIS: '["http://hunter2.example/"]' }],
  ['EXTENSION_REDIRECT_URIS.0', { EXTENSION_REDIRECT_URIS: '[1, "hunter2"]' }],
  ['CLOCK_URL', { CLOCK_URL: 'hunter2' }],
  ['ADMIN_KEY', { ADMIN_KEY: 'hunter2' }],
  ['ADMIN_KEY', { ADMIN_KEY: `hunter2 ${'a'.repeat(40)}` }],
  ['LOG_LEVEL', { LOG_LEVEL: 'hunter2' }],
  ['GRACE_TTL', { GRACE_TTL: '366d' }, '366d'],
  ['PLANS', { PLANS: 'hunter2' }],
  ['PLANS', { PLANS: '[]' }],
  ['PLANS', plan({}, { label: 'hunter2' })],
  ['PLANS.0.name', plan({ name: 'hunter-2' }), 'hunter-2'],
  ['PLANS.0.name', plan({ name: 'trial' })],
  ['PLANS.0.period', plan({ period: '1h' }), '1h,'],
  ['PLANS.0.label', plan({ label: '' })],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: 'hunter2' }],
  ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '-1' }, '-1 '],
  ['RATE_LIMITS', { RATE_LIMITS: 'hunter2' }],
  ['RATE_LIMITS.token', { RATE_LIMITS: '{"token":0}' }, '"token":0'],
  ['RATE_LIMITS', { RATE_LIMITS: '{"tokens":60}' }, '"tokens"'],
  ['PROVIDERS', { PROVIDERS: 'hunter2' }],
  ['PROVIDERS', { PROVIDERS: '' }],
  ['PROVIDERS', { PROVIDERS: '[]' }],
  ['PROVIDERS', { PROVIDERS: '"hunter2"' }],
  ['PROVIDERS', { PROVIDERS: '{"client_secret":"hunter2"}' }],
  ['PROVIDERS.0.name', provider({ name: 'Hunter2 !' }), 'Hunter2'],
  ['PROVIDERS.0.issuer', provider({ issuer: 'http://hunter2.example/' })],
  ['PROVIDERS.0.issuer', provider({ issuer: 'hunter2' })],
  ['PROVIDERS.0.client_secret', provider({ client_secret: 271828 }), '271828'],
  ['PROVIDERS.0.client_secret', provider({ client_secret: ['hunter2'] })],
  ['PROVIDERS.0.client_secret', provider({ client_secret: '' })],
  ['PROVIDERS.0.client_id', provider({ client_id: undefined })],
  ['PROVIDERS.0.scope', provider({ scope: 'hunter2' })],
  ['PROVIDERS.0.domains', provider({ domains: 'hunter2' })],
  ['PROVIDERS.0.reset_issuer', provider({ reset_issuer: 'hunter2' })],
  ['PROVIDERS.0 has a reset_issuer', provider({ reset_issuer: 'http://localhost:4001/hunter2/' })],
  ['PROVIDERS.0 has a reset_issuer', provider({ reset_issuer: PROVIDER.issuer }), PROVIDER.issuer],
  ['PROVIDERS.0.reset_claim', provider({ reset_claim: '' })],
  ['SERVICES', { SERVICES: 'hunter2' }],
  ['SERVICES.0.url', service({ url: 'http://hunter2.example/' })],
  ['SERVICES.0.secret', service({ secret: 'whsec_hunter2' })],
  ['SERVICES.0.secret', service({ secret: 271828 }), '271828'],
  ['SERVICES.0.previous_secret', service({ previous_secret: 'whsec_hunter2' })],
  ['SERVICES.0.format', service({ format: 'hunter2' })],
  ['SERVICES.0.token', service({ token: 'hunter2 hunter2' })],
  ['ALLOW_INTERNAL_SERVICES', { ALLOW_INTERNAL_SERVICES: 'hunter2' }],
  ['ALLOW_INTERNAL_SERVICES.0', { ALLOW_INTERNAL_SERVICES: '["http://hunter2/path"]' }],
]

describe('a wrong setting is named in one sentence, and its value is not', () => {
  test.for(WRONG)('%s: %o', ([name, environment, secret = 'hunter2']) => {
    const message = sentence(environment)
    expect(message).toMatch(
      /^The settings need a correction: .+\. docs\/settings\.md lists them all\.$/,
    )
    expect(message).toContain(`${name} `)
    expect(message.toLowerCase()).not.toContain(secret.toLowerCase())
    expect(message).not.toContain(PROVIDER.client_secret)
    expect(message).not.toMatch(/received|Expected|undefined|NaN|0\.00/)
  })

  test('a site without a provider says what is missing', () => {
    expect(sentence({ PROVIDERS: undefined })).toContain(
      'PROVIDERS is missing: it names the identity provider that this site trusts, as JSON',
    )
  })

  test('all that is wrong is said at once', () => {
    const message = sentence({ PORT: 'x', IDLE_TTL: 'x', LOG_LEVEL: 'x' })
    for (const name of ['PORT', 'IDLE_TTL', 'LOG_LEVEL']) expect(message).toContain(name)
  })
})

test('production has no clock that others can move', () => {
  const CLOCK_URL = 'http://127.0.0.1:3200/hunter2'
  const message = sentence({ CLOCK_URL, NODE_ENV: 'production' })
  expect(message).toContain('CLOCK_URL')
  expect(message).not.toContain('hunter2')
  expect(read({ CLOCK_URL, NODE_ENV: 'development' }).clockUrl).toBe(CLOCK_URL)
  expect(read({ NODE_ENV: 'production' }).clockUrl).toBeUndefined()
})

test.for([
  { ACCESS_TTL: '2h', IDLE_TTL: '1h' },
  { IDLE_TTL: '181d' },
  { IDLE_TTL: '14d', ABSOLUTE_TTL: '13d' },
])('lifetimes that contradict each other are refused: %o', (environment) => {
  expect(sentence(environment)).toContain('ACCESS_TTL ≤ IDLE_TTL ≤ ABSOLUTE_TTL')
})

test('without limits, if that is what was asked for', () => {
  expect(read({ RATE_LIMITS: 'off' }).rateLimits).toBeUndefined()
})

test('docs/settings.md has each setting, and none that there is not', () => {
  const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')
  const named = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => line.split('|')[1]?.match(/[A-Z_]{2,}/g) ?? [])
  // NODE_ENV is the platform's: told where it matters, at CLOCK_URL.
  expect(named.toSorted()).toEqual(SETTING_NAMES.filter((name) => name !== 'NODE_ENV').toSorted())
})
