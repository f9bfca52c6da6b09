import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { house } from '../../../desktop/house.ts'
import { DESKTOP_NAME, PRIVATE_SCHEME } from '../../../desktop/main/private-link.ts'
import { packaging } from '../../../desktop/package/electron-builder.config.ts'
import { FUSES, fuses } from '../../../desktop/package/fuses.ts'
import { prepareToPack } from '../../../desktop/package/prepare.ts'

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const ofHouse = readJson(join(house(), 'package.json'))

test('every fuse is stated, and those that would open the app are off', () => {
  expect(Object.keys(fuses).sort()).toEqual([...FUSES].sort())
  expect(fuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    grantFileProtocolExtraPrivileges: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
  })
})

test('the system hands our links to us: scheme, file and argument agree, and no name has a hyphen', () => {
  const [{ schemes }] = packaging.protocols
  expect(schemes).toEqual([PRIVATE_SCHEME])
  expect(DESKTOP_NAME).toBe('dev.latchkey.app.desktop')
  expect(DESKTOP_NAME).not.toContain('-')
  expect(packaging.linux.syncDesktopName).toBe(true)
  expect(packaging.linux.executableArgs).toContain('%U')
})

test('no path of the executable looks like a bundle of macOS: @electron/fuses would take it for one', () => {
  expect(`${packaging.linux.executableName} ${packaging.productName}`).not.toContain('.app')
})

test('it is packed with the Electron that it is tested with', () => {
  expect(packaging.electronVersion).toBe(ofHouse.devDependencies.electron)
})

describe('the folder to pack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-pack-'))
  const at = (...path: readonly string[]) => join(folder, ...path)

  beforeAll(() => prepareToPack(folder))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('its package.json names the files that run, the .desktop file, and what is loaded at run time', () => {
    const manifest = readJson(at('package.json'))
    expect(existsSync(at(manifest.main))).toBe(true)
    expect(manifest).toMatchObject({
      desktopName: DESKTOP_NAME,
      dependencies: { keytar: ofHouse.optionalDependencies.keytar },
    })
  })

  test('keytar lies in it, with the build for each system, outside the archive', () => {
    const keytar = readJson(at('node_modules/keytar/package.json'))
    expect(`npm:${keytar.name}@${keytar.version}`).toBe(ofHouse.optionalDependencies.keytar)
    expect(existsSync(at('node_modules/keytar', keytar.main))).toBe(true)
    for (const system of ['linux-x64', 'darwin-arm64', 'win32-x64']) {
      const native = at('node_modules/keytar/prebuilds', system, 'keytar.node')
      expect(existsSync(native), system).toBe(true)
    }
    expect(packaging.asarUnpack).toEqual(['node_modules/keytar/**'])
  })

  test('the icon has the 512 pixels that macOS asks for', () => {
    const png = readFileSync(at('build/icon.png'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([512, 512])
  })

  test('the configuration lies where electron-builder looks for it', () => {
    expect(readJson(at('electron-builder.json'))).toEqual(packaging)
  })
})
