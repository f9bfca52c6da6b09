import { PRIVATE_SCHEME } from '../main/private-link.ts'
import { fuses } from './fuses.ts'

/** What electron-builder 26.17 can set. The last one it doesn't know, and leaves as Electron has it: on. */
const { wasmTrapHandlers: _, ...knownFuses } = fuses

/**
 * How electron-builder 26 packs the folder that `prepare.ts` fills. What it makes of it is written down
 * in docs/desktop.md; the name of the `.desktop` file comes from the app's own `package.json`.
 */
export const packaging = {
  appId: PRIVATE_SCHEME,
  productName: 'Latchkey',
  electronVersion: '45.4.1',
  directories: { output: '../dist-packed' },
  // Of keytar's builds the one for the system that is packed for.
  files: [
    '**/*',
    '!node_modules/keytar/prebuilds/**',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills it in
    'node_modules/keytar/prebuilds/${platform}-${arch}/**',
  ],
  asar: true,
  // A native module can't be loaded from within an archive.
  asarUnpack: ['node_modules/keytar/**'],
  // It is built already, for any Node-API 3: nothing to compile.
  npmRebuild: false,
  electronFuses: knownFuses,
  // A .deb names who looks after it, and where to read on: whoever publishes puts themselves here.
  extraMetadata: {
    author: { name: 'Latchkey', email: 'maintainers@latchkey.example' },
    homepage: 'https://latchkey.example',
  },
  // By these, electron-builder writes the scheme's MimeType into the .desktop file as well.
  protocols: [{ name: 'Latchkey sign-in', schemes: [PRIVATE_SCHEME], role: 'Viewer' }],
  linux: {
    target: ['deb', 'AppImage'],
    // Not the scheme: @electron/fuses takes a path with ".app" in it for a bundle of macOS.
    executableName: 'latchkey',
    // The .desktop file is called as app.setDesktopName says it, not as the executable is.
    syncDesktopName: true,
    category: 'Utility',
    // Without %U a second instance arrives without its link (mattermost/desktop#2895).
    executableArgs: ['%U'],
  },
  mac: { target: ['dmg'], hardenedRuntime: true, category: 'public.app-category.productivity' },
  win: { target: ['nsis'] },
  nsis: { oneClick: true, perMachine: false },
} as const
