/**
 * Who the extension is, in both browsers: fixed by `key` and by the gecko id in the manifest, so that the
 * site can know its redirect addresses exactly.
 */
export const CHROMIUM_ID = 'bjhnjoeogmmdkicgjnejfhohejflcgkf'

export const GECKO_ID = 'extension@latchkey.dev'

/** SHA-1 of the gecko id, as Firefox makes its redirect host. */
const GECKO_HASH = '692fdcbaf8b1317688f0b8081ac01f0ef0fc9fc5'

/** Where sign-ins come back: the browsers catch these addresses before any request is made. */
export const REDIRECT_PATH = 'callback'

export const REDIRECT_URIS = [
  `https://${CHROMIUM_ID}.chromiumapp.org/${REDIRECT_PATH}`,
  `https://${GECKO_HASH}.extensions.allizom.org/${REDIRECT_PATH}`,
] as const
