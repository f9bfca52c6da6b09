import { contextBridge, ipcRenderer } from 'electron'
import type { MainProcess } from '../ipc/call.ts'

/** The preload's way to the main process. Never handed to the page itself. */
export const mainProcess: MainProcess = {
  invoke: (channel, args) => ipcRenderer.invoke(channel, ...args),

  listen(channel, listener) {
    const hear = (_event: unknown, message: unknown) => listener(message)
    ipcRenderer.on(channel, hear)
    return () => {
      ipcRenderer.removeListener(channel, hear)
    }
  },
}

/** Gives the page one frozen object, from a world that it can't reach into. */
export const exposeToPage = (name: string, api: unknown): void =>
  contextBridge.exposeInMainWorld(name, api)
