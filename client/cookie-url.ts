/** What a cookie says of itself; browsers and Electron name it alike. */
export interface PlacedCookie {
  readonly domain: string
  readonly path: string
  readonly secure: boolean
}

/**
 * An address that this cookie would be sent to. Browsers remove a cookie by such an address and its
 * name: by the site's root alone, those of a deeper path would stay.
 */
export const cookieUrl = ({ domain, path, secure }: PlacedCookie): string =>
  `${secure ? 'https' : 'http'}://${domain.replace(/^\./, '')}${path}`
