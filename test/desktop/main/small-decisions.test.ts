import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Bundle } from '../../../desktop/main/bundle.ts'
import { mayOpen } from '../../../desktop/main/may-open.ts'
import { noticeOf } from '../../../desktop/main/notices.ts'
import { readSettings } from '../../../desktop/main/settings.ts'
import {
  FIRST_PLACE,
  isVisible,
  readPlace,
  writePlace,
} from '../../../desktop/main/window-place.ts'
import { REASONS } from '../../../protocol/reasons.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-small-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['http://site.test/signin?x=1', true],
  ['http://site.test:81/signin', false],
  ['https://site.test/signin', false],
  ['http://site.test.evil.test/', false],
  ['http://me:pw@site.test/', false],
  ['javascript:alert(1)', false],
  ['file:///etc/passwd', false],
  ['smb://site.test/share', false],
  ['dev.latchkey.app:/callback', false],
  ['no address', false],
])('%s may leave the app: %s', (address, expected) => {
  expect(mayOpen(address, 'http://site.test/')).toBe(expected)
})

test.each(REASONS)('somebody was in, and %s: one notice, in words', (reason) => {
  const before = { at: 'offline', me: undefined, stale: false, since: 0 } as const
  const now = { at: 'signed_out', ended: { reason, actor: 'system' } } as const
  expect(noticeOf(before, now)).toMatchObject({ title: expect.stringMatching(/\w/) })
  expect(noticeOf(now, now)).toBeUndefined()
  expect(noticeOf({ at: 'starting' }, now)).toBeUndefined()
})

test('who signs out needs no notice of it', () => {
  const before = { at: 'signed_in', me: undefined, stale: false } as const
  const ended = { reason: 'signed_out', actor: 'user' } as const
  expect(noticeOf(before, { at: 'signed_out', ended })).toBeUndefined()
  expect(noticeOf(before, { at: 'signed_out', ended: {} })).toBeDefined()
})

test('the lifetimes in force are in the sentence', () => {
  const ended = { reason: 'idle_expired', actor: 'system', idle: 3 * 86_400_000 } as const
  const notice = noticeOf(
    { at: 'signed_in', me: undefined, stale: false },
    { at: 'signed_out', ended },
  )
  expect(notice?.body).toContain('3 days')
})

test('settings: a playground’s by default, and each mistake in words', () => {
  expect(readSettings({}, true)).toEqual({
    site: 'http://127.0.0.1:3000',
    services: [],
    clockUrl: undefined,
    keepIn: 'keychain',
  })
  expect(
    readSettings({ LATCHKEY_SERVICES: 'https://a.test https://b.test' }, false).services,
  ).toEqual(['https://a.test', 'https://b.test'])
  expect(() => readSettings({ LATCHKEY_SITE: 'site' }, false)).toThrow('LATCHKEY_SITE')
  expect(() => readSettings({ LATCHKEY_KEEP_IN: 'a file' }, false)).toThrow('LATCHKEY_KEEP_IN')
  expect(() => readSettings({ LATCHKEY_CLOCK: 'http://127.0.0.1:3200' }, true)).toThrow(
    'for development only',
  )
  const issuer = 'http://localhost:4000/p/'
  expect(readSettings({ LATCHKEY_EMBEDDED_ISSUER: issuer }, false).embedded?.issuer).toBe(issuer)
  expect(() => readSettings({ LATCHKEY_EMBEDDED_ISSUER: issuer }, true)).toThrow(
    'LATCHKEY_EMBEDDED_ISSUER',
  )
})

test.each(['LATCHKEY_SITE', 'LATCHKEY_SERVICES', 'LATCHKEY_EMBEDDED_ISSUER'])(
  '%s is https, or on this machine',
  (name) => {
    const reads = (address: string) => () => readSettings({ [name]: address }, false)
    for (const address of ['https://a.test/', 'http://127.0.0.1:1', 'http://[::1]:1/x']) {
      expect(reads(address), address).not.toThrow()
    }
    for (const address of [
      'http://a.test/',
      'http://localhost.evil.test/',
      'http://localhost:x@evil.test/',
      'file:///etc/passwd',
      'ftp://localhost/',
    ]) {
      expect(reads(address), address).toThrow(name)
    }
  },
)

test('the window’s place is kept, and nonsense is not believed', () => {
  const file = join(folder, 'deep', 'window.json')
  expect(readPlace(file)).toEqual(FIRST_PLACE)
  writePlace(file, { x: 10, y: 20, width: 500, height: 600 })
  expect(readPlace(file)).toEqual({ x: 10, y: 20, width: 500, height: 600 })
  for (const text of ['{', '{}', '{"width":1,"height":1}', '{"width":1e9,"height":500}']) {
    writeFileSync(file, text)
    expect(readPlace(file)).toEqual(FIRST_PLACE)
  }
})

test('a window on a screen that is gone is not put there', () => {
  const screens = [{ x: 0, y: 0, width: 1_280, height: 800 }]
  const at = (x: number, y: number) => isVisible({ x, y, width: 500, height: 600 }, screens)
  expect(at(100, 100)).toBe(true)
  expect(at(2_000, 100)).toBe(false)
  expect(at(-480, 100)).toBe(false)
  expect(at(100, -200)).toBe(false)
  expect(isVisible({ width: 500, height: 600 }, screens)).toBe(true)
})

test('the page’s files and nothing else', () => {
  for (const name of ['index.html', 'renderer.js', 'style.css']) {
    writeFileSync(join(folder, name), name)
  }
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  const bundle = new Bundle(folder)
  const get = (address: string, method = 'GET') => bundle.answer(method, address)
  const page = get('app://bundle/index.html')
  expect(page.status).toBe(200)
  expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*/)
  for (const address of [
    'app://bundle/secret.txt',
    'app://bundle/',
    'app://bundle/../secret.txt',
    'app://bundle/%2e%2e/secret.txt',
    'app://other/index.html',
    'app://bundle/constructor',
  ]) {
    expect([address, get(address).status]).toEqual([address, 404])
  }
  expect(get('app://bundle/index.html', 'POST').status).toBe(404)
})
