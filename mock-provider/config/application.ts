import * as v from 'valibot'

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

const isPrivate = (url: string): boolean => !/^https?:/i.test(url)

const redirectUri = v.pipe(
  v.string(),
  v.check((text) => {
    if (!URL.canParse(text)) return false
    const { protocol, hostname, hash } = new URL(text)
    if (hash !== '') return false
    if (protocol === 'http:') return LOOPBACK.includes(hostname)
    // What a browser runs or reads itself is nobody's address.
    return !['javascript:', 'data:', 'file:', 'blob:', 'about:'].includes(protocol)
  }, 'is an https address, or one of this machine, without a fragment'),
)

const webUri = v.pipe(
  redirectUri,
  v.check((text) => !isPrivate(text), 'is an https address, or one of this machine'),
)

/**
 * Who is trusted with the answers:
 * - `web`: a server that keeps a secret;
 * - `native`: an app on a person's machine, without a secret, at any port of this machine or a scheme of its own;
 * - `spa`: a page in a browser: no secret, PKCE always, and refresh tokens of 24 hours.
 */
const ApplicationType = v.picklist(['web', 'native', 'spa'], 'is web, native or spa')

/** Something that trusts the tenant, as it is registered there. */
export const Application = v.pipe(
  v.object({
    clientId: v.pipe(v.string(), v.minLength(1)),
    /** Left out by an app that can keep none: it has to prove by PKCE that the code is its own. */
    clientSecret: v.optional(v.pipe(v.string(), v.minLength(16, 'has at least 16 characters'))),
    name: v.string(),
    /** Left out: `web` with a secret, `native` without. */
    type: v.optional(ApplicationType),
    redirectUris: v.pipe(v.array(redirectUri), v.minLength(1, 'names at least one address')),
    postLogoutRedirectUris: v.optional(v.array(redirectUri), []),
    /** Fetched in a hidden frame when the person signs out elsewhere. */
    frontChannelLogoutUri: v.optional(webUri),
    /** B2C's switch "ID tokens (used for implicit and hybrid flows)". */
    implicitIdToken: v.optional(v.boolean(), false),
    /** Makes it an API: `{appIdUri}/{scope}` is what other applications ask for. */
    appIdUri: v.optional(
      v.pipe(
        v.string(),
        v.check((text) => URL.canParse(text), 'is a URI'),
        v.check((text) => !text.endsWith('/'), 'has no slash at its end'),
      ),
    ),
    /** What its API offers: `tasks.read`. */
    scopes: v.optional(
      v.array(v.pipe(v.string(), v.regex(/^[\w.-]+$/, 'is a word like tasks.read'))),
      [],
    ),
  }),
  v.transform((read) => ({
    ...read,
    type: read.type ?? (read.clientSecret === undefined ? ('native' as const) : ('web' as const)),
  })),
  v.check(
    ({ type, clientSecret }) => type === 'web' || clientSecret === undefined,
    'has a clientSecret, which only type web can keep',
  ),
  v.check(
    ({ type, clientSecret, implicitIdToken }) =>
      type !== 'web' || clientSecret !== undefined || implicitIdToken,
    'is of type web and needs a clientSecret',
  ),
  v.check(
    ({ type, redirectUris }) => type === 'native' || !redirectUris.some(isPrivate),
    'has a redirect address that only type native may have',
  ),
  v.check(
    ({ appIdUri, scopes }) => scopes.length === 0 || appIdUri !== undefined,
    'has scopes and needs an appIdUri',
  ),
)

export type Application = v.InferOutput<typeof Application>
