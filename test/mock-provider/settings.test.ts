import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DEFAULT_CONFIG } from '../../mock-provider/defaults.ts'
import { readSettings } from '../../mock-provider/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-provider-'))
afterAll(() => rmSync(folder, { recursive: true }))

const fileOf = (content: unknown) => {
  const path = join(folder, 'provider.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('with nothing set: port 4000, real time, no control, the five people', () => {
  const settings = readSettings({})
  expect(settings).toMatchObject({ port: 4000, clockUrl: undefined, control: false })
  expect(settings.config.people.map(({ email }) => email.split('@')[0])).toEqual([
    'alice',
    'bob',
    'carol',
    'dave',
    'erin',
  ])
})

test('the file’s people and applications take the place of the default ones', () => {
  const [alice] = DEFAULT_CONFIG.people
  const PROVIDER_CONFIG = fileOf({ ...DEFAULT_CONFIG, people: [alice] })
  expect(readSettings({ PROVIDER_CONFIG }).config.people).toEqual([alice])
})

test.each([
  ['PORT', { PORT: 'x' }, 'PORT is a number from 0 to 65535'],
  ['PORT', { PORT: '70000' }, 'PORT is a number from 0 to 65535'],
  ['CLOCK_URL', { CLOCK_URL: 'hub' }, 'CLOCK_URL is an address like http://127.0.0.1:3200'],
  ['PROVIDER_CONTROL', { PROVIDER_CONTROL: 'yes' }, 'PROVIDER_CONTROL is 1'],
  ['PROVIDER_CONFIG', { PROVIDER_CONFIG: '/nowhere.json' }, "can't be read"],
])('a wrong %s is named', (_, environment, sentence) => {
  expect(() => readSettings(environment)).toThrow(sentence)
})

const [person] = DEFAULT_CONFIG.people
const [application] = DEFAULT_CONFIG.applications

test.each([
  ['no JSON', '{"password": "Hidden-1"', 'is not JSON'],
  ['a wrong oid', { people: [{ ...person, oid: 'Hidden-1' }] }, 'people.0.oid is a GUID'],
  ['a missing name', { people: [{ ...person, name: undefined }] }, 'people.0.name is missing'],
  ['an oid twice', { people: [person, person] }, 'people has an oid twice'],
  ['no application', { applications: [] }, 'applications names at least one application'],
  [
    'plain http to another machine',
    { applications: [{ ...application, redirectUris: ['http://shop.example/'] }] },
    'applications.0.redirectUris.0 is an https address',
  ],
  ['another social provider', { people: [{ ...person, idp: 'Hidden-1' }] }, 'people.0.idp is'],
  ['a password that is none', { people: [{ ...person, password: 5 }] }, 'people.0.password is not'],
])('a file with %s is refused, and its values stay unsaid', (_, change, sentence) => {
  const content = typeof change === 'string' ? change : { ...DEFAULT_CONFIG, ...change }
  const read = () => readSettings({ PROVIDER_CONFIG: fileOf(content) })
  expect(read).toThrow(sentence)
  expect(read).not.toThrow(/Hidden-1|Latchkey-1/)
})
