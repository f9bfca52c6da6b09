import type { MessageName } from '../messages.ts'

/** What the browser says of who sent a message. */
export interface Sender {
  readonly id?: string | undefined
  readonly url?: string | undefined
  readonly frameId?: number | undefined
  readonly tab?: object | undefined
}

/** What sets our own pages, the pages that the person allowed, and everybody else apart. */
export interface House {
  /** This extension's id. */
  readonly id: string
  /** This extension's origin. */
  readonly origin: string
  readonly allowedPages: readonly string[]
}

/**
 * Whether a sender may send a message. Our own pages may send all but what is for pages of the web; those
 * may send that alone, from an allowed origin, and not from a frame within another page.
 */
export function maySend(name: MessageName, sender: Sender, house: House): boolean {
  if (sender.id !== house.id || sender.url === undefined || !URL.canParse(sender.url)) return false
  const { origin, protocol, host } = new URL(sender.url)
  // Firefox calls the origin of an extension's page `null`.
  const from = origin === 'null' ? `${protocol}//${host}` : origin
  if (name !== 'page_request') return from === house.origin
  return sender.tab !== undefined && sender.frameId === 0 && house.allowedPages.includes(from)
}
