import type { DesktopApi } from '../ipc/channels.ts'

declare global {
  interface Window {
    /** What the preload gives this page: commands and the view, and nothing of Electron. */
    readonly latchkey: DesktopApi
  }
}

/**
 * Asks the main process for something. What comes of it the view tells; a refusal of the command
 * itself is a mistake of ours, and the console says so.
 */
export const ask = (command: () => Promise<unknown>) => () => {
  command().catch((error: unknown) => reportError(error))
}
