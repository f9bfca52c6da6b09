/** The clients that this site knows. All are public: none has a secret (RFC 8252 §8.4). */
export const CLIENT_IDS = ['latchkey-desktop', 'latchkey-extension', 'latchkey-web'] as const

export type ClientId = (typeof CLIENT_IDS)[number]

export const isClientId = (id: string | undefined): id is ClientId =>
  (CLIENT_IDS as readonly unknown[]).includes(id)

/** The name that people read where a client never told the name of its device. */
export const CLIENT_NAMES = {
  'latchkey-desktop': 'Latchkey for desktop',
  'latchkey-extension': 'Latchkey in the browser',
  'latchkey-web': 'Latchkey website',
} as const satisfies Record<ClientId, string>

/** The desktop's second way back: a private scheme, reversed domain, single slash (RFC 8252 §7.1). */
const DESKTOP_SCHEME_URI = 'dev.latchkey.app:/callback'

/** Loopback on any port, both address families, this one path (RFC 8252 §7.3). */
const LOOPBACK_URI = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):([1-9]\d{0,4})\/callback$/

/**
 * Whether a client may be sent to an address. Exact, but for the port of a loopback address
 * (RFC 9700 §2.1).
 *
 * @param extensionUris the exact addresses of the extension, from the settings
 */
export function isRedirectUri(
  client: ClientId,
  uri: string,
  extensionUris: readonly string[],
): boolean {
  switch (client) {
    case 'latchkey-desktop': {
      const port = LOOPBACK_URI.exec(uri)?.[1]
      return uri === DESKTOP_SCHEME_URI || (port !== undefined && Number(port) <= 65_535)
    }
    case 'latchkey-extension':
      return extensionUris.includes(uri)
    case 'latchkey-web':
      // A browser on the site itself: it gets a cookie, never a code.
      return false
  }
}
