import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildExtension } from '../../extension/build.mjs'
import { CHROMIUM_ID, GECKO_ID, REDIRECT_URIS } from '../../extension/identity.ts'
import { packed } from '../../extension/pack.mjs'

const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-extension-'))

beforeAll(() => buildExtension(folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = () => JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'))

/** Kilobytes, minified, not packed. A file that outgrows its budget says what it has become. */
const BUDGETS = {
  'background.js': 75,
  // What people do about their accounts, devices and logins is drawn here too.
  'popup.js': 54,
  'options.js': 45,
  'relay.js': 20,
  'style.css': 8,
} as const

test.each(Object.entries(BUDGETS))('%s has at most %i kB', (file, most) => {
  expect(statSync(path.join(folder, file)).size / 1000).toBeLessThanOrEqual(most)
})

test('both browsers’ ids follow from the manifest, and the redirect addresses from them', () => {
  const { key, browser_specific_settings } = manifest()
  const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 32)
  const id = [...digest].map((nibble) => 'abcdefghijklmnop'[Number.parseInt(nibble, 16)]).join('')
  expect(id).toBe(CHROMIUM_ID)
  expect(browser_specific_settings.gecko.id).toBe(GECKO_ID)
  const hash = createHash('sha1').update(GECKO_ID).digest('hex')
  expect(REDIRECT_URIS.map((uri) => new URL(uri).hostname)).toEqual([
    `${id}.chromiumapp.org`,
    `${hash}.extensions.allizom.org`,
  ])
})

test('least permissions: nothing but what it uses, and hosts of the playground alone', () => {
  const { permissions, host_permissions, content_security_policy } = manifest()
  expect(permissions.toSorted()).toEqual([
    'alarms',
    'cookies',
    'identity',
    'notifications',
    'scripting',
    'storage',
  ])
  for (const host of host_permissions)
    expect(host).toMatch(/^https?:\/\/(127\.0\.0\.1|localhost)\/\*$/)
  expect(content_security_policy.extension_pages).toMatch(/^default-src 'none'; script-src 'self';/)
})

test('nothing is fetched from elsewhere, nothing is made of text at run time, and Node is not in it', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(path.join(folder, file), 'utf8')
    expect(text, file).not.toMatch(/\beval\(|new Function\(|import\(["']http|from ?["']node:/)
  }
})

/** What the linter says that has been looked at. */
const EXPLAINED: Readonly<Record<string, string>> = {
  // One manifest for both: Firefox takes `scripts`, Chromium takes `service_worker`.
  BACKGROUND_SERVICE_WORKER_IGNORED: 'one manifest for both browsers',
  // In Preact, for a property that no component of ours has (the next test).
  UNSAFE_VAR_ASSIGNMENT: 'dangerouslySetInnerHTML, which nobody uses',
}

test('the zip for the stores: the same bytes whenever and wherever it was built', async () => {
  const elsewhere = mkdtempSync(path.join(os.tmpdir(), 'latchkey-extension-'))
  try {
    await buildExtension(elsewhere)
    utimesSync(path.join(elsewhere, 'popup.js'), 1, 1)
    chmodSync(path.join(elsewhere, 'popup.js'), 0o700)
    expect(packed(elsewhere).equals(packed(folder))).toBe(true)
  } finally {
    rmSync(elsewhere, { recursive: true, force: true })
  }
})

test('web-ext lint reads that zip, and finds no error and no warning that is not explained', () => {
  const zip = path.join(folder, 'latchkey.zip')
  writeFileSync(zip, packed(folder))
  const { stdout } = spawnSync(
    'node_modules/.bin/web-ext',
    ['lint', '--source-dir', zip, '--output', 'json', '--no-config-discovery'],
    { encoding: 'utf8', env: { ...process.env, NO_UPDATE_NOTIFIER: '1' } },
  )
  const { errors, warnings, notices } = JSON.parse(stdout)
  expect(errors).toEqual([])
  const codes = [...warnings, ...notices].map(({ code }: { code: string }) => code)
  expect(codes.filter((code) => EXPLAINED[code] === undefined)).toEqual([])
})

test('no component writes HTML as text', () => {
  for (const folder of ['extension', 'ui', 'client']) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.tsx?$/.test(file)) continue
      expect(readFileSync(path.join(folder, file), 'utf8'), file).not.toMatch(/innerHTML/i)
    }
  }
})
