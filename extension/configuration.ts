import * as v from 'valibot'

const address = v.pipe(
  v.string(),
  v.url('is not an address like http://127.0.0.1:3000'),
  v.transform((text) => new URL(text).origin),
)

/** Whom this installation deals with. */
export const Configuration = v.object({
  /** Our site: the issuer, exactly as it calls itself. */
  site: address,
  /** Services that may be shown the access token. */
  services: v.array(address),
  /** Hosts of the identity provider, whose cookies are removed after a sign-in. */
  providerHosts: v.array(v.pipe(v.string(), v.regex(/^[a-z0-9.-]+$/, 'is not the name of a host'))),
  /** Whose clock an open popup follows: a playground's, for development only. */
  clock: v.optional(address),
})

export type Configuration = v.InferOutput<typeof Configuration>

/** The playground's. */
export const DEFAULT_CONFIGURATION: Configuration = {
  site: 'http://127.0.0.1:3000',
  services: ['http://127.0.0.1:3100'],
  providerHosts: ['localhost'],
  clock: 'http://127.0.0.1:3200',
}
