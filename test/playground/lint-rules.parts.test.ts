import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const IMPORT_RULE = 'lint/style/noRestrictedImports'
const DATE_RULE = 'lint/style/noRestrictedGlobals'

/** DESIGN §2: who may import what; everything else among these is forbidden. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  clock: [],
  calls: [],
  protocol: ['clock'],
  client: ['clock', 'protocol'],
  'client/node': ['clock', 'protocol'],
  idp: ['clock', 'protocol', 'ui'],
  'mock-provider': ['clock', 'calls'],
  ui: ['clock', 'protocol'],
  extension: ['clock', 'protocol', 'client', 'ui'],
  desktop: ['clock', 'protocol', 'client', 'ui'],
  'desktop/electron': ['clock', 'protocol', 'client', 'ui'],
  'desktop/renderer': ['clock', 'protocol', 'client', 'ui'],
  playground: [
    'clock',
    'calls',
    'protocol',
    'client',
    'desktop',
    'extension',
    'idp',
    'mock-provider',
    'ui',
  ],
}

const FOLDERS = [
  'clock',
  'calls',
  'protocol',
  'client',
  'desktop',
  'extension',
  'idp',
  'mock-provider',
  'playground',
  'ui',
  'test',
]

const arrows = Object.entries(MAY_IMPORT).flatMap(([from, allowed]) =>
  FOLDERS.filter((to) => to !== from.split('/')[0]).map(
    (to) => [from, to, allowed.includes(to) ? 'allowed' : 'caught'] as const,
  ),
)

const imports = (from: string) => `import { x } from '${from}'\n\nexport const y = x\n`

const arrowFile = (from: string, to: string) => `${from}/imports-${to}.ts`

const TIMES = ['Date.now()', 'new Date()', 'new Date(0)', 'Date()', "Date.parse('1970')"]
const TIMELESS = [
  'calls',
  'protocol',
  'client',
  'idp',
  'mock-provider',
  'playground',
  'ui',
  'desktop',
  'extension',
]

/** A house of snippets, by path. */
const SNIPPETS: Record<string, string> = {
  ...Object.fromEntries(
    arrows.map(([from, to]) => [
      arrowFile(from, to),
      imports(`${'../'.repeat(from.split('/').length)}${to}/x.ts`),
    ]),
  ),
  ...Object.fromEntries(
    [...TIMELESS, 'clock', 'test'].flatMap((folder) =>
      TIMES.map((time, index) => [`${folder}/time-${index}.ts`, `export const y = ${time}\n`]),
    ),
  ),
  'idp/store/deep.ts': imports('../../client/x.ts'),
  'client/platform.ts': imports('node:fs'),
  'client/node/platform.ts': imports('node:fs'),
  ...Object.fromEntries(
    ['main', 'main/storage', 'keychain', 'ipc', 'renderer', 'preload', 'electron'].map((folder) => [
      `desktop/${folder}/electron.ts`,
      imports('electron'),
    ]),
  ),
  'desktop/main/adapter.ts': imports('../electron/x.ts'),
  'desktop/main/storage/adapter.ts': imports('../../electron/x.ts'),
  'desktop/preload/adapter.ts': imports('../electron/x.ts'),
  'desktop/renderer/screens/main.ts': imports('../../main/x.ts'),
  'desktop/renderer/node.ts': imports('node:fs'),
  'desktop/ipc/node.ts': imports('node:fs'),
  'desktop/main/node.ts': imports('node:fs'),
  'idp/console.ts': "console.log('x')\n",
  'test/any.ts': 'export const y: any = 1\n',
}

interface Report {
  readonly diagnostics: readonly {
    readonly category: string
    readonly location: { readonly path: string }
  }[]
}

let report: Report

beforeAll(() => {
  const house = mkdtempSync(join(tmpdir(), 'latchkey-lint-'))
  try {
    for (const file of ['biome.json', '.gitignore']) cpSync(join(root, file), join(house, file))
    for (const [path, text] of Object.entries(SNIPPETS)) {
      mkdirSync(dirname(join(house, path)), { recursive: true })
      writeFileSync(join(house, path), text)
    }
    const biome = join(root, 'node_modules', '.bin', 'biome')
    const options = ['lint', '--reporter=json', '--max-diagnostics=none', '.']
    const run = spawnSync(biome, options, { cwd: house, encoding: 'utf8', maxBuffer: 1 << 26 })
    report = JSON.parse(run.stdout)
  } finally {
    rmSync(house, { recursive: true, force: true })
  }
})

const said = (path: string) =>
  report.diagnostics
    .filter(({ location }) => location.path === path)
    .map(({ category }) => category)

test.each(arrows)('%s imports %s: %s', (from, to, verdict) => {
  expect(said(arrowFile(from, to)).includes(IMPORT_RULE)).toBe(verdict === 'caught')
})

test('from a folder further down the rule holds as well', () => {
  expect(said('idp/store/deep.ts')).toContain(IMPORT_RULE)
})

test('client/ knows no platform, client/node/ does', () => {
  expect(said('client/platform.ts')).toContain(IMPORT_RULE)
  expect(said('client/node/platform.ts')).not.toContain(IMPORT_RULE)
})

test('only desktop/electron/ imports Electron, and only the preload stands on it', () => {
  for (const folder of ['main', 'main/storage', 'keychain', 'ipc', 'renderer', 'preload']) {
    expect([folder, said(`desktop/${folder}/electron.ts`)]).toEqual([folder, [IMPORT_RULE]])
  }
  expect(said('desktop/electron/electron.ts')).toEqual([])
  expect(said('desktop/main/adapter.ts')).toContain(IMPORT_RULE)
  expect(said('desktop/main/storage/adapter.ts')).toContain(IMPORT_RULE)
  expect(said('desktop/preload/adapter.ts')).toEqual([])
})

test('the desktop’s page knows no process around it', () => {
  expect(said('desktop/renderer/screens/main.ts')).toContain(IMPORT_RULE)
  expect(said('desktop/renderer/node.ts')).toContain(IMPORT_RULE)
  expect(said('desktop/ipc/node.ts')).toContain(IMPORT_RULE)
  expect(said('desktop/main/node.ts')).toEqual([])
})

test.each(TIMES.map((time, index) => [time, index] as const))(
  '%s: only clock/ and tests say it',
  (_time, index) => {
    for (const folder of TIMELESS) {
      expect([folder, said(`${folder}/time-${index}.ts`)]).toEqual([
        folder,
        expect.arrayContaining([DATE_RULE]),
      ])
    }
    expect(said(`clock/time-${index}.ts`)).not.toContain(DATE_RULE)
    expect(said(`test/time-${index}.ts`)).not.toContain(DATE_RULE)
  },
)

test('console and any are caught everywhere, tests included', () => {
  expect(said('idp/console.ts')).toContain('lint/suspicious/noConsole')
  expect(said('test/any.ts')).toContain('lint/suspicious/noExplicitAny')
})

test('every folder of the house that has an arrow is looked at here', () => {
  const missing = FOLDERS.filter(
    (folder) => folder !== 'test' && existsSync(join(root, folder)) && !(folder in MAY_IMPORT),
  )
  expect(missing).toEqual([])
})
