import { expect, test } from 'vitest'
import { packaging } from '../../../desktop/package/electron-builder.config.ts'
import { FUSES, fuses } from '../../../desktop/package/fuses.ts'

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

test('the system hands our links to us: scheme, type and argument agree, and no name has a hyphen', () => {
  const [{ schemes }] = packaging.protocols
  expect(schemes).toEqual(['dev.latchkey.app'])
  expect(packaging.linux.mimeTypes).toEqual(['x-scheme-handler/dev.latchkey.app'])
  expect(packaging.linux.executableArgs).toContain('%U')
  expect(packaging.extraMetadata.desktopName).toBe('dev.latchkey.app.desktop')
  expect(packaging.extraMetadata.desktopName).not.toContain('-')
})

test('the keychain’s native part lies outside the archive', () => {
  expect(packaging.asar).toBe(true)
  expect(packaging.asarUnpack).toEqual([expect.stringContaining('keytar')])
})
