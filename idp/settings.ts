import * as v from 'valibot'
import { durationInWords, parseDuration } from '../clock/duration.ts'
import { DAY, type Duration, HOUR, MINUTE, SECOND } from '../clock/moment.ts'
import { DEFAULT_RATE_LIMITS, type Limited, type RateLimitSettings } from './http/rate-limits.ts'
import { DEFAULT_LIFETIMES, type Lifetimes } from './lifetimes.ts'
import { DEFAULT_PLANS, type Plan, TRIAL_PLAN } from './plans/catalogue.ts'
import { StartError } from './start-error.ts'
import { LONGEST_ACCESS_LIFE } from './tokens/key-plan.ts'

export interface ProviderSettings {
  /** Names it in `/signin/:provider`. */
  readonly name: string
  /** What people read. */
  readonly label: string
  readonly issuer: string
  readonly client_id: string
  readonly client_secret: string
  /** What is asked for; Azure AD B2C wants the client's own id in it to answer with an access token. */
  readonly scope: string
  /** Of its journey that resets a password, where that stands beside the sign-in (B2C: a policy). */
  readonly reset_issuer?: string | undefined
  /** The claim that is `true` when a password was reset on the way of signing in. */
  readonly reset_claim?: string | undefined
  /** E-mail domains whose people are sent there (SSO). */
  readonly domains: readonly string[]
}

export interface ServiceSettings {
  /** Where its webhooks go. */
  readonly url: string
  /** `whsec_…`: shared with that service alone. */
  readonly secret: string
  /** The one before, while it is replaced: both hold. */
  readonly previous_secret?: string | undefined
  /** How events are put: by Standard Webhooks, or as Security Event Tokens (CAEP). */
  readonly format: 'webhook' | 'caep'
  /** `aud` of Security Event Tokens; the endpoint's address by default. */
  readonly audience?: string | undefined
  /** What the receiver wants to be shown, as `Authorization: Bearer`. */
  readonly token?: string | undefined
}

export interface Settings {
  /** The issuer: our address as everyone sees it, without a trailing slash (RFC 8414 §2). */
  readonly url: string
  readonly host: string
  readonly port: number
  /** The folder that holds the store and the signing keys. */
  readonly data: string
  /** `aud` of access tokens. */
  readonly audience: string
  /** The first one is the default. */
  readonly providers: readonly ProviderSettings[]
  readonly services: readonly ServiceSettings[]
  /** Origins of services that may be on this machine or in a private network. */
  readonly allowInternalServices: readonly string[]
  readonly lifetimes: Lifetimes
  /** What people can choose from. */
  readonly plans: readonly Plan[]
  /** Whom mails are from. */
  readonly mailFrom: string
  /** How far a provider's clock may be behind ours when `auth_time` is judged. */
  readonly providerClockTolerance: Duration
  /** Where a browser on the site goes after sign-in and after sign-out: paths of ours. */
  readonly signinSuccess: string
  readonly signoutSuccess: string
  /** Redirect URIs of the extension, by browser store; exact. */
  readonly extensionRedirectUris: readonly string[]
  /** The shared clock that development follows; never in production. */
  readonly clockUrl: string | undefined
  /** How many proxies stand before the site, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: number
  /** `undefined`: there are none. */
  readonly rateLimits: RateLimitSettings | undefined
  /** What administrators show; `undefined`: there is no admin API. */
  readonly adminKey: string | undefined
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** Where the store and the keys are, when `DATA` doesn't say. */
export const DEFAULT_DATA = '.latchkey/site'

const filled = v.pipe(v.string(), v.minLength(1, 'must not be empty'))

const url = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text), 'is not an address like http://127.0.0.1:3000'),
)

/** `http` is for this machine only (RFC 9700 §2.6). */
const secureUrl = v.pipe(
  url,
  v.check(
    (text) =>
      ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(text).hostname) ||
      text.startsWith('https:'),
    'must start with https:, for plain http is for addresses of this machine only',
  ),
)

const issuerUrl = v.pipe(
  secureUrl,
  v.check(
    (text) => new URL(text).origin === text,
    'must be an origin alone: no path, no trailing slash',
  ),
)

const duration = (least: Duration, most: Duration) =>
  v.pipe(
    v.string(),
    v.transform((text) => parseDuration(text) ?? Number.NaN),
    v.check(
      (ms) => ms >= least && ms <= most,
      `is a length of time like 15min, 1h or 14d, from ${least < SECOND ? 'none' : durationInWords(least)} to ${durationInWords(most)}`,
    ),
  )

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'is a number from 0 to 65535'),
  v.transform(Number),
  v.maxValue(65_535, 'is a number from 0 to 65535'),
)

const path = v.pipe(v.string(), v.regex(/^\/(?![/\\])/, 'is a path of this site, e.g. /'))

const json = <T extends v.GenericSchema>(schema: T) =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return JSON.parse(dataset.value) as unknown
      } catch {
        addIssue({ message: 'is not JSON' })
        return NEVER
      }
    }),
    schema,
  )

const Provider = v.pipe(
  v.object({
    name: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/, 'names are a-z, 0-9 and -')),
    label: v.string(),
    issuer: secureUrl,
    client_id: filled,
    client_secret: filled,
    scope: v.optional(v.pipe(v.string(), v.regex(/\bopenid\b/, 'must ask for openid')), 'openid'),
    domains: v.optional(v.array(v.pipe(v.string(), v.toLowerCase())), []),
    reset_issuer: v.optional(secureUrl),
    reset_claim: v.optional(filled),
  }),
  // Its subjects are taken for the sign-in's own people: no other house may name those.
  v.check(
    ({ issuer, reset_issuer }) =>
      reset_issuer === undefined ||
      (reset_issuer !== issuer && new URL(reset_issuer).origin === new URL(issuer).origin),
    'has a reset_issuer that is not another policy of the same provider: same origin, another path',
  ),
)

const Providers = v.pipe(v.array(Provider), v.minLength(1, 'names at least one provider'))

const Plans = v.pipe(
  v.array(
    v.object({
      name: v.pipe(
        v.string(),
        v.regex(/^\w{1,20}$/, 'names are letters, digits and _'),
        v.notValue(
          TRIAL_PLAN,
          'has no trial among them: everyone begins with that, nobody chooses it',
        ),
      ),
      label: filled,
      period: duration(DAY, 3650 * DAY),
      price: filled,
    }),
  ),
  v.minLength(1, 'names at least one plan'),
  v.check(
    (plans) => new Set(plans.map(({ name }) => name)).size === plans.length,
    'names a plan twice',
  ),
)

// Standard Webhooks: 24 to 64 bytes, base64 (notes/standards.md W-3).
const webhookSecret = v.pipe(
  v.string(),
  v.regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'is whsec_ and 24 to 64 bytes of base64'),
)

const Services = v.array(
  v.object({
    url: secureUrl,
    secret: webhookSecret,
    previous_secret: v.optional(webhookSecret),
    format: v.optional(v.picklist(['webhook', 'caep'], 'is webhook or caep'), 'webhook'),
    audience: v.optional(filled),
    // RFC 6750 §2.1
    token: v.optional(v.pipe(v.string(), v.regex(/^[\w.~+/-]+=*$/, 'is not a bearer token'))),
  }),
)

const origin = v.pipe(
  url,
  v.check(
    (text) => new URL(text).origin === text,
    'must be an origin alone, e.g. http://127.0.0.1:3100',
  ),
)

/** Of each kind a default, so that one can be changed alone. */
const limit = v.pipe(
  v.number(),
  v.check(
    (count) => Number.isInteger(count) && count > 0,
    'is a number of requests a minute, 1 or more',
  ),
)
const RateLimitsGiven = v.strictObject({
  signin: v.optional(limit, DEFAULT_RATE_LIMITS.signin),
  devices: v.optional(limit, DEFAULT_RATE_LIMITS.devices),
  token: v.optional(limit, DEFAULT_RATE_LIMITS.token),
  revoke: v.optional(limit, DEFAULT_RATE_LIMITS.revoke),
  services: v.optional(limit, DEFAULT_RATE_LIMITS.services),
  account: v.optional(limit, DEFAULT_RATE_LIMITS.account),
  session: v.optional(limit, DEFAULT_RATE_LIMITS.session),
} satisfies Record<Limited, v.GenericSchema>)

/** What may be in the environment; each entry has its setting's name. */
const Environment = v.object({
  SITE_URL: v.optional(issuerUrl, 'http://127.0.0.1:3000'),
  HOST: v.optional(v.string(), '127.0.0.1'),
  PORT: v.optional(port),
  DATA: v.optional(filled, DEFAULT_DATA),
  AUDIENCE: v.optional(filled),
  PROVIDERS: json(Providers),
  SERVICES: v.optional(json(Services), '[]'),
  ALLOW_INTERNAL_SERVICES: v.optional(json(v.array(origin)), '[]'),
  ACCESS_TTL: v.optional(duration(MINUTE, LONGEST_ACCESS_LIFE)),
  IDLE_TTL: v.optional(duration(MINUTE, 365 * DAY)),
  ABSOLUTE_TTL: v.optional(duration(MINUTE, 365 * DAY)),
  TRIAL_TTL: v.optional(duration(DAY, 365 * DAY)),
  KEY_LIFE: v.optional(duration(HOUR, 2 * 365 * DAY)),
  GRACE_TTL: v.optional(duration(0, 365 * DAY)),
  PLANS: v.optional(json(Plans)),
  PROVIDER_CLOCK_TOLERANCE: v.optional(duration(0, 10 * MINUTE), '5s'),
  SIGNIN_SUCCESS: v.optional(path, '/'),
  SIGNOUT_SUCCESS: v.optional(path, '/'),
  EXTENSION_REDIRECT_URIS: v.optional(
    json(v.array(v.pipe(v.string(), v.regex(/^https:\/\//, 'must start with https://')))),
    '[]',
  ),
  ADMIN_KEY: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\x21-\x7e]{32,}$/, 'has at least 32 visible characters: make it by chance'),
    ),
  ),
  MAIL_FROM: v.optional(v.pipe(v.string(), v.email('is an e-mail address'))),
  CLOCK_URL: v.optional(url),
  TRUSTED_PROXIES: v.optional(
    v.pipe(v.string(), v.regex(/^\d$/, 'is a number from 0 to 9'), v.transform(Number)),
    '0',
  ),
  RATE_LIMITS: v.optional(
    v.union(
      [v.literal('off'), json(RateLimitsGiven)],
      'is "off", or JSON like {"token":6000}: requests a minute, 1 or more',
    ),
    '{}',
  ),
  NODE_ENV: v.optional(v.string()),
  LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'warn', 'error', 'silent']), 'info'),
})

/** All names that mean something in the environment. `docs/settings.md` has each. */
export const SETTING_NAMES: readonly string[] = Object.keys(Environment.entries)

/** What a fault is called that has no words of its own; the library's words would quote the value. */
const inPlainWords = ({ input, expected }: v.BaseIssue<unknown>): string =>
  input === undefined ? 'is missing' : `must be ${expected}`

/**
 * Reads the settings from the environment.
 *
 * @throws StartError naming each setting that is wrong and what it should be; never its value, which
 *   may be a secret.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const read = v.safeParse(Environment, environment, {
    message: inPlainWords,
    // One fault for each setting: what is no address at all need not be judged as one.
    abortPipeEarly: true,
  })
  if (!read.success) {
    const faults = read.issues.map((issue) => {
      const setting = v.getDotPath(issue) ?? ''
      const missing = setting === 'PROVIDERS' && environment.PROVIDERS === undefined
      return missing
        ? 'PROVIDERS is missing: it names the identity provider that this site trusts, as JSON'
        : `${setting} ${issue.message}`
    })
    throw new StartError(
      `The settings need a correction: ${faults.join('; ')}. docs/settings.md lists them all.`,
    )
  }
  const given = read.output
  if (given.CLOCK_URL !== undefined && given.NODE_ENV === 'production') {
    throw new StartError(
      'CLOCK_URL is for development: remove it, or don’t set NODE_ENV=production.',
    )
  }
  const lifetimes = {
    access: given.ACCESS_TTL ?? DEFAULT_LIFETIMES.access,
    idle: given.IDLE_TTL ?? DEFAULT_LIFETIMES.idle,
    absolute: given.ABSOLUTE_TTL ?? DEFAULT_LIFETIMES.absolute,
    trial: given.TRIAL_TTL ?? DEFAULT_LIFETIMES.trial,
    signingKey: given.KEY_LIFE ?? DEFAULT_LIFETIMES.signingKey,
    grace: given.GRACE_TTL ?? DEFAULT_LIFETIMES.grace,
  }
  if (lifetimes.access > lifetimes.idle || lifetimes.idle > lifetimes.absolute) {
    throw new StartError(
      'The lifetimes contradict each other: ACCESS_TTL ≤ IDLE_TTL ≤ ABSOLUTE_TTL must hold.',
    )
  }
  return {
    url: given.SITE_URL,
    host: given.HOST,
    port: given.PORT ?? portOf(new URL(given.SITE_URL)),
    data: given.DATA,
    audience: given.AUDIENCE ?? given.SITE_URL,
    providers: given.PROVIDERS,
    services: given.SERVICES,
    allowInternalServices: given.ALLOW_INTERNAL_SERVICES,
    lifetimes,
    plans: given.PLANS ?? DEFAULT_PLANS,
    mailFrom: given.MAIL_FROM ?? `no-reply@${mailDomain(new URL(given.SITE_URL))}`,
    providerClockTolerance: given.PROVIDER_CLOCK_TOLERANCE,
    signinSuccess: given.SIGNIN_SUCCESS,
    signoutSuccess: given.SIGNOUT_SUCCESS,
    extensionRedirectUris: given.EXTENSION_REDIRECT_URIS,
    clockUrl: given.CLOCK_URL,
    trustedProxies: given.TRUSTED_PROXIES,
    rateLimits: given.RATE_LIMITS === 'off' ? undefined : given.RATE_LIMITS,
    adminKey: given.ADMIN_KEY,
    logLevel: given.LOG_LEVEL,
  }
}

/** An address of a machine is no domain of mails. */
const mailDomain = ({ hostname }: URL): string => (/[a-z]$/.test(hostname) ? hostname : 'localhost')

const portOf = ({ port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
