import { rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { house } from '../house.ts'
import { prepareToPack } from './prepare.ts'

/**
 * `npm run desktop:pack`: fills `desktop/dist` and says how it is packed. electron-builder is not among our
 * dependencies: 279 packages, for what few who read this will do.
 */
const folder = join(house(), 'desktop', 'dist')
rmSync(folder, { recursive: true, force: true })
await prepareToPack(folder)
process.stdout.write(`The app is in desktop/dist. Where GitHub is reachable (or ELECTRON_MIRROR names another place):

  npx electron-builder@26.17.0 --projectDir desktop/dist

What it packs comes to desktop/dist-packed. --linux, --mac and --win choose the system, --dir makes no installer.
`)
