import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildDesktop } from '../../desktop/build.ts'
import { house } from '../../desktop/house.ts'

const folder = mkdtempSync(join(tmpdir(), 'latchkey-built-'))
const text = (file: string) => readFileSync(join(folder, file), 'utf8')

beforeAll(() => buildDesktop(folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const BUNDLES = ['main.mjs', 'preload.cjs', 'keychain-helper.mjs', 'renderer/renderer.js'] as const

/**
 * What Electron's security checklist warns of, found nowhere in the code that is shipped. By the code's text: that
 * a window has these switches in force, only Electron itself can tell.
 */
describe('no bundle of the app', () => {
  test.each<[string, RegExp, string]>([
    ['switches web security off', /webSecurity:(?!\s*true\b)/, 'webSecurity: false'],
    ['switches the sandbox off', /\bsandbox:(?!\s*true\b)/, 'sandbox: !1'],
    ['shares a world with its page', /contextIsolation:(?!\s*true\b)/, 'contextIsolation: false'],
    ['lets a page have Node', /nodeIntegration\w*:(?!\s*false\b)/, 'nodeIntegrationInWorker: true'],
    ['runs insecure content', /allowRunningInsecureContent/, 'allowRunningInsecureContent: true'],
    ['tries experiments', /experimentalFeatures|enableBlinkFeatures/, 'enableBlinkFeatures: "x"'],
    ['has web views', /webviewTag|allowpopups|<webview/i, '<webview allowpopups>'],
    ['changes Chromium’s switches', /appendSwitch|appendArgument/, 'app.commandLine.appendSwitch'],
    [
      'passes over a certificate',
      /certificate-error|setCertificateVerifyProc|rejectUnauthorized|NODE_TLS_REJECT/,
      'app.on("certificate-error", take)',
    ],
    ['reaches from the page into main', /@electron\/remote|enableRemoteModule/, '@electron/remote'],
    ['loads a page from a file', /\bfile:\/\/|\.loadFile\(/, 'window.loadFile("index.html")'],
    ['makes code of text', /\beval\(|\bnew Function\(/, 'new Function("return 1")'],
  ])('%s', (_, sign, fault) => {
    expect(fault).toMatch(sign)
    for (const bundle of BUNDLES) expect(text(bundle), bundle).not.toMatch(sign)
  })
})

test('the browser is opened in one place, and the page is given one object', () => {
  expect(text('main.mjs').match(/\bopenExternal\(/g)).toHaveLength(1)
  expect(text('preload.cjs').match(/\bexposeInMainWorld\(/g)).toHaveLength(1)
})

test.each([
  ['main.mjs', ['electron']],
  ['preload.cjs', ['electron']],
  ['keychain-helper.mjs', ['keytar']],
  ['renderer/renderer.js', []],
] as const)('%s loads at run time, besides Node’s own: %j', async (bundle, packages) => {
  const { metafile } = await build({
    entryPoints: [join(folder, bundle)],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    metafile: true,
    write: false,
  })
  const loaded = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.map((one) => one.path),
  )
  const isOfNode = (name: string) => builtinModules.includes(name.replace(/^node:/, ''))
  expect(new Set(loaded.filter((name) => !isOfNode(name)))).toEqual(new Set(packages))
  if (/^(preload|renderer)/.test(bundle)) expect(loaded.filter(isOfNode)).toEqual([])
})

test('desktop/electron/ alone imports Electron', () => {
  const root = join(house(), 'desktop')
  const importers = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/^(dist|dist-packed)\b/.test(file))
    .filter((file) => /from 'electron'/.test(readFileSync(join(root, file), 'utf8')))
  expect(importers.length).toBeGreaterThan(5)
  expect(importers.filter((file) => !/^electron[\\/]/.test(file))).toEqual([])
})

test('one Electron, pinned exactly, is what the types, the tests and the package are of', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(house(), file), 'utf8'))
  const { electron } = read('package.json').devDependencies
  expect(electron).toMatch(/^\d+\.\d+\.\d+$/)
  expect(read('node_modules/electron/package.json').version).toBe(electron)
})
