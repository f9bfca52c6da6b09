import { EventEmitter } from 'node:events'
import { strictClass } from './strict.ts'

export interface HostedSender {
  readonly sender: unknown
  readonly senderFrame: {
    readonly url: string
    readonly origin: string
    readonly parent: null | object
  } | null
}

type Handler = (event: HostedSender, ...args: unknown[]) => unknown

export class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, Handler>()

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) {
      throw new Error(`Attempted to register a second handler for '${channel}'`)
    }
    this.#handlers.set(channel, handler)
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel)
  }

  /** For the host: what a page asked. */
  async invoked(channel: string, event: HostedSender, args: readonly unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    return handler(event, ...args)
  }
}

strictClass('ipcMain', IpcMain)
