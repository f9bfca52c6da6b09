import * as v from 'valibot'

const address = v.pipe(v.string(), v.url('is not an address like http://127.0.0.1:3000'))

const Environment = v.pipe(
  v.object({
    PORT: v.pipe(v.string(), v.regex(/^\d{1,5}$/, 'is not a port'), v.transform(Number)),
    HOST: v.optional(v.string(), '127.0.0.1'),
    /** This service's address as callers see it. */
    SERVICE_URL: v.optional(address),
    ISSUER: address,
    AUDIENCE: v.pipe(v.string(), v.minLength(1)),
    WEBHOOK_SECRET: v.pipe(v.string(), v.startsWith('whsec_', 'must start with whsec_')),
    /** The one before, while it is replaced. */
    PREVIOUS_WEBHOOK_SECRET: v.optional(
      v.pipe(v.string(), v.startsWith('whsec_', 'must start with whsec_')),
    ),
    /** The shared clock that development follows. */
    CLOCK_URL: v.optional(address),
    NODE_ENV: v.optional(v.string()),
  }),
  v.check(
    ({ CLOCK_URL, NODE_ENV }) => CLOCK_URL === undefined || NODE_ENV !== 'production',
    'CLOCK_URL is for development: remove it in production',
  ),
)

export interface ServiceSettings {
  readonly port: number
  readonly host: string
  readonly url: string
  readonly issuer: string
  readonly audience: string
  /** The newest first. */
  readonly webhookSecrets: readonly string[]
  readonly clockUrl: string | undefined
}

/**
 * Reads the settings from the environment.
 *
 * @throws Error whose message names each setting that is wrong, and never its value
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ServiceSettings {
  const read = v.safeParse(Environment, environment)
  if (!read.success) {
    const faults = read.issues.map((issue) => {
      const setting = v.getDotPath(issue)
      if (setting === null) return issue.message
      return environment[setting] === undefined
        ? `${setting} is missing`
        : `${setting} ${issue.message}`
    })
    throw new Error(`The service's settings need a correction: ${faults.join('; ')}.`)
  }
  const given = read.output
  return {
    port: given.PORT,
    host: given.HOST,
    url: given.SERVICE_URL ?? `http://${given.HOST}:${given.PORT}`,
    issuer: given.ISSUER,
    audience: given.AUDIENCE,
    webhookSecrets: [given.WEBHOOK_SECRET, given.PREVIOUS_WEBHOOK_SECRET].flatMap(
      (secret) => secret ?? [],
    ),
    clockUrl: given.CLOCK_URL,
  }
}
