import { PRIVATE_SCHEME } from '../main/private-link.ts'
import { fuses } from './fuses.ts'

/**
 * How electron-builder 26 is to pack the folder that `desktop/build.ts` fills. It needs Electron's
 * archive, which our machines can't fetch: read it as a statement. Where it was tried with a folder of
 * our own in its place, it took this configuration and stopped at the fuses: `@electron/fuses` takes an
 * executable whose name ends in `.app` for a bundle of macOS.
 */
export const packaging = {
  appId: PRIVATE_SCHEME,
  productName: 'Latchkey',
  electronVersion: '45.4.1',
  asar: true,
  // A native module can't be loaded from within an archive.
  asarUnpack: ['node_modules/keytar/**'],
  electronFuses: fuses,
  // The installed .desktop file's name, as app.setDesktopName says it: a reverse domain without a
  // hyphen, or xdg-settings takes over the person's browser (electron/electron#20382).
  extraMetadata: { desktopName: `${PRIVATE_SCHEME}.desktop` },
  protocols: [{ name: 'Latchkey sign-in', schemes: [PRIVATE_SCHEME], role: 'Viewer' }],
  linux: {
    target: ['deb', 'AppImage'],
    executableName: PRIVATE_SCHEME,
    category: 'Utility',
    mimeTypes: [`x-scheme-handler/${PRIVATE_SCHEME}`],
    // Without %U a second instance arrives without its link (mattermost/desktop#2895).
    executableArgs: ['%U'],
  },
  mac: { target: ['dmg'], hardenedRuntime: true, category: 'public.app-category.productivity' },
  win: { target: ['nsis'] },
  nsis: { oneClick: true, perMachine: false },
} as const
