import { ipcMain, type WebContents } from 'electron'
import type { CommandChannels } from '../ipc/serve.ts'

/** @param isAppWindow whether a message came from the app's own window */
export const electronChannels = (
  isAppWindow: (contents: WebContents) => boolean,
): CommandChannels => ({
  handle(channel, answer) {
    ipcMain.handle(channel, ({ sender, senderFrame }, ...args: unknown[]) =>
      answer(
        {
          origin: senderFrame?.origin,
          isMainFrame: senderFrame !== null && senderFrame.parent === null,
          isAppWindow: isAppWindow(sender),
        },
        args,
      ),
    )
  },
})
