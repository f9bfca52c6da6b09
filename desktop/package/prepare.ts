import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildDesktop } from '../build.ts'
import { house } from '../house.ts'
import { packaging } from './electron-builder.config.ts'

/** Of keytar: what runs, and under which licence. The rest builds it, and is built already. */
const OF_KEYTAR = ['package.json', 'LICENSE.md', 'lib', 'prebuilds']

/**
 * Fills a folder that electron-builder packs as it is: the built app, the one package that it loads at
 * run time, the icon, and the configuration where electron-builder looks for it.
 */
export async function prepareToPack(folder: string): Promise<void> {
  const root = house()
  mkdirSync(folder, { recursive: true })
  await buildDesktop(folder)
  for (const part of OF_KEYTAR) {
    const within = join('node_modules', 'keytar', part)
    cpSync(join(root, within), join(folder, within), { recursive: true })
  }
  cpSync(join(root, 'desktop/icons/icon.png'), join(folder, 'build', 'icon.png'))
  writeFileSync(join(folder, 'electron-builder.json'), `${JSON.stringify(packaging, null, 2)}\n`)
}
