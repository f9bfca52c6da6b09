import { PassThrough } from 'node:stream'
import { type Duration, SECOND } from '../../clock/moment.ts'

/** A stream that says nothing is taken for dead by proxies and by Node's own fetch (5 min). */
const HEARTBEAT: Duration = 25 * SECOND

export interface EventStream {
  readonly body: PassThrough
  /** One message (WHATWG HTML §9.2); nothing once the reader went away. */
  send(data: unknown, event?: { readonly name: string; readonly id?: string }): void
}

/** @param left the reader went away, or the stream was ended */
export function eventStream(left: () => void): EventStream {
  const body = new PassThrough()
  const heartbeat = setInterval(() => body.write(': still here\n\n'), HEARTBEAT)
  body.once('close', () => {
    clearInterval(heartbeat)
    left()
  })
  return {
    body,
    send(data, event) {
      if (body.destroyed) return
      const name = event ? `event: ${event.name}\n` : ''
      const id = event?.id === undefined ? '' : `id: ${event.id}\n`
      body.write(`${name}${id}data: ${JSON.stringify(data)}\n\n`)
    },
  }
}
