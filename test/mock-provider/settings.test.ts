import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DAY, HOUR } from '../../clock/moment.ts'
import { DEFAULT_CONFIG } from '../../mock-provider/defaults.ts'
import { readSettings } from '../../mock-provider/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-provider-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fileOf = (content: unknown) => {
  const path = join(folder, 'provider.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('with nothing set: port 4000, real time, no control, the default people', () => {
  const settings = readSettings({})
  expect(settings).toMatchObject({
    https: false,
    host: 'localhost',
    port: 4000,
    data: '.latchkey/provider',
    clockUrl: undefined,
    control: false,
  })
  expect(settings.config.people.map(({ email }) => email.split('@')[0])).toEqual([
    'alice',
    'bob',
    'carol',
    'dave',
    'erin',
    'frank',
    'gina',
  ])
})

test('https has a port of its own by default, and takes names that its authority speaks for', () => {
  expect(readSettings({ PROVIDER_HTTPS: '1' })).toMatchObject({ https: true, port: 4443 })
  expect(readSettings({ PROVIDER_HTTPS: '1', PORT: '0' }).port).toBe(0)
  expect(readSettings({ PROVIDER_HOST: 'Contoso.b2clogin.com' }).host).toBe('contoso.b2clogin.com')
  expect(readSettings({ PROVIDER_HOST: 'login.contoso.test' }).host).toBe('login.contoso.test')
})

test('the file’s people and applications take the place of the default ones', () => {
  const [alice] = DEFAULT_CONFIG.people
  const PROVIDER_CONFIG = fileOf({ ...DEFAULT_CONFIG, people: [alice] })
  expect(readSettings({ PROVIDER_CONFIG }).config.people).toEqual([alice])
})

test('what a file leaves out is as B2C has it', () => {
  const { policies, applications, issuerStyle } = readSettings({
    PROVIDER_CONFIG: fileOf({ ...DEFAULT_CONFIG, resetStyle: 'inside', policies: [policy] }),
  }).config
  expect(issuerStyle).toBe('tfp')
  expect(policies).toEqual([
    {
      ...policy,
      resetStyle: 'inside',
      requireIdTokenHint: false,
      sso: 'tenant',
      sessionExpiry: 'rolling',
      lifetimes: {
        accessToken: HOUR,
        idToken: HOUR,
        refreshToken: 14 * DAY,
        slidingWindow: 90 * DAY,
        session: DAY,
      },
    },
  ])
  expect(applications[0]).toMatchObject({ type: 'web', implicitIdToken: false, scopes: [] })
})

test.each([
  ['PORT', { PORT: 'x' }, 'PORT is a number from 0 to 65535'],
  ['PORT', { PORT: '70000' }, 'PORT is a number from 0 to 65535'],
  ['PROVIDER_HTTPS', { PROVIDER_HTTPS: 'on' }, 'PROVIDER_HTTPS is 1 for https'],
  [
    'PROVIDER_HOST',
    { PROVIDER_HOST: 'bank.example' },
    'PROVIDER_HOST is localhost, or a name below',
  ],
  ['PROVIDER_HOST', { PROVIDER_HOST: 'notb2clogin.com' }, 'e.g. contoso.b2clogin.com'],
  ['PROVIDER_DATA', { PROVIDER_DATA: '' }, 'PROVIDER_DATA is the path of a folder'],
  ['CLOCK_URL', { CLOCK_URL: 'hub' }, 'CLOCK_URL is an address like http://127.0.0.1:3200'],
  ['PROVIDER_CONTROL', { PROVIDER_CONTROL: 'yes' }, 'PROVIDER_CONTROL is 1'],
  ['PROVIDER_CONFIG', { PROVIDER_CONFIG: '/nowhere.json' }, "can't be read"],
])('a wrong %s is named', (_, environment, sentence) => {
  expect(() => readSettings(environment)).toThrow(sentence)
})

const policy = { id: 'B2C_1_signin', journey: 'sign-in' }
const [person] = DEFAULT_CONFIG.people
const [application] = DEFAULT_CONFIG.applications

test.each([
  ['no JSON', '{\n"password": "Hidden-1"\n', 'is not JSON from line 3 on'],
  ['a wrong oid', { people: [{ ...person, oid: 'Hidden-1' }] }, 'people.0.oid is a GUID'],
  ['a missing name', { people: [{ ...person, name: undefined }] }, 'people.0.name is missing'],
  ['a number for a name', { people: [{ ...person, name: 7 }] }, 'people.0.name is a text'],
  ['one person, and no list', { people: person }, 'people is a list'],
  ['an oid twice', { people: [person, person] }, 'people has an oid twice'],
  ['no application', { applications: [] }, 'applications names at least one application'],
  [
    'plain http to another machine',
    { applications: [{ ...application, redirectUris: ['http://shop.example/'] }] },
    'applications.0.redirectUris.0 is an https address',
  ],
  [
    'a name that is no policy',
    { policies: [{ id: 'Hidden-1', journey: 'sign-in' }] },
    'policies.0.id is a name like B2C_1_signupsignin',
  ],
  [
    'a journey that is none',
    { policies: [{ ...policy, journey: 'Hidden-1' }] },
    'policies.0.journey is one of',
  ],
  [
    'a policy twice',
    { policies: [policy, { ...policy, id: 'b2c_1_SIGNIN' }] },
    'policies has an id twice',
  ],
  [
    'no policy to sign in',
    { policies: [{ ...policy, journey: 'reset' }] },
    'policies names at least one that signs people in',
  ],
  [
    'tokens that live for two days',
    { policies: [{ ...policy, lifetimes: { idToken: '2d' } }] },
    'policies.0.lifetimes.idToken is 5min to 1440min',
  ],
  [
    'a session of ten minutes',
    { policies: [{ ...policy, lifetimes: { session: '10min' } }] },
    'policies.0.lifetimes.session is 15min to 1440min',
  ],
  [
    'people who are kept for a year',
    { policies: [{ ...policy, keepMeSignedIn: '365d' }] },
    'policies.0.keepMeSignedIn is 1d to 90d',
  ],
  [
    'a reset that keeps people signed in',
    { policies: [policy, { id: 'B2C_1_reset', journey: 'reset', keepMeSignedIn: '30d' }] },
    'policies.1 has keepMeSignedIn, which only journeys with a sign-in page have',
  ],
  [
    'a session for everyone',
    { policies: [{ ...policy, sso: 'world' }] },
    'policies.0.sso is one of tenant, application, policy, none',
  ],
  ['another style of issuer', { issuerStyle: 'Hidden-1' }, 'issuerStyle is tenant or tfp'],
  [
    'a secret in an app',
    { applications: [{ ...application, type: 'native' }] },
    'applications.0 has a clientSecret, which only type web can keep',
  ],
  [
    'a server without a secret',
    { applications: [{ ...application, clientSecret: undefined, type: 'web' }] },
    'applications.0 is of type web and needs a clientSecret',
  ],
  [
    'a scheme of its own for a server',
    { applications: [{ ...application, redirectUris: ['msal1://auth'] }] },
    'applications.0 has a redirect address that only type native may have',
  ],
  [
    'a script as an address',
    { applications: [{ ...application, redirectUris: ['javascript:0'] }] },
    'applications.0.redirectUris.0 is an https address',
  ],
  [
    'scopes of no API',
    { applications: [{ ...application, scopes: ['read'] }] },
    'applications.0 has scopes and needs an appIdUri',
  ],
  ['another social provider', { people: [{ ...person, idp: 'Hidden-1' }] }, 'people.0.idp is'],
  [
    'a password that is none',
    { people: [{ ...person, password: 5 }] },
    'people.0.password is a text',
  ],
])('a file with %s is refused, and its values stay unsaid', (_, change, sentence) => {
  const content = typeof change === 'string' ? change : { ...DEFAULT_CONFIG, ...change }
  const read = () => readSettings({ PROVIDER_CONFIG: fileOf(content) })
  expect(read).toThrow(sentence)
  expect(read).not.toThrow(/Hidden-1|Latchkey-1/)
})

test('each mistake in the file is named with its line', () => {
  const content = JSON.stringify(
    { ...DEFAULT_CONFIG, people: [person, { ...person, email: 'nobody', name: undefined }] },
    null,
    2,
  )
  const lines = content.split('\n')
  const email = lines.findIndex((line) => line.includes('"nobody"')) + 1
  // Its person: what is missing has no line of its own.
  const from = lines.lastIndexOf('    {', email) + 1
  expect(() => readSettings({ PROVIDER_CONFIG: fileOf(content) })).toThrow(
    `line ${email}: people.1.email is an e-mail address; line ${from}: people.1.name is missing.`,
  )
})
