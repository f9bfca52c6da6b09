import { clipboard, shell } from 'electron'
import type { System } from '../main/ports.ts'

/**
 * The system browser and the clipboard.
 *
 * @param mayOpen whether an address may leave the app: anything else could start any program there is
 */
export const electronSystem = (mayOpen: (url: string) => boolean): System => ({
  async openInBrowser(url) {
    if (!mayOpen(url)) throw new Error('This address is not one that the app opens.')
    // As parsed, so that what was checked is what is opened.
    await shell.openExternal(new URL(url).href)
  },

  copyText: (text) => clipboard.writeText(text),

  copiedText: () => clipboard.readText(),
})
