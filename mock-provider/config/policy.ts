import * as v from 'valibot'
import { parseDuration } from '../../clock/duration.ts'
import { DAY, type Duration, MINUTE } from '../../clock/moment.ts'

/** What a user flow leads a person through. */
export const JOURNEYS = [
  'sign-in',
  'sign-up-or-sign-in',
  'sign-up',
  'profile-edit',
  'reset',
] as const

export type Journey = (typeof JOURNEYS)[number]

/**
 * How "Forgot your password?" is answered: by sending the application to a policy of its own, as B2C
 * did first, or inside the sign-in, as it recommends (notes/b2c.md §1.2).
 */
export const ResetStyle = v.picklist(['policy', 'inside'], 'is policy or inside')

export type ResetStyle = v.InferOutput<typeof ResetStyle>

/** A length of time in words, within what B2C allows. */
const between = (least: Duration, most: Duration, words: string) =>
  v.pipe(
    v.string(),
    v.transform((text) => parseDuration(text) ?? Number.NaN),
    v.check((duration) => duration >= least && duration <= most, words),
  )

const tokenLife = between(5 * MINUTE, 1_440 * MINUTE, 'is 5min to 1440min')

/** B2C's defaults and ranges (notes/b2c.md §1.6). A refresh token of a `spa` lives 24 hours, whatever is set. */
const Lifetimes = v.object({
  accessToken: v.optional(tokenLife, '60min'),
  idToken: v.optional(tokenLife, '60min'),
  refreshToken: v.optional(between(DAY, 90 * DAY, 'is 1d to 90d'), '14d'),
  /** How long refreshing goes on before the person has to sign in again. */
  slidingWindow: v.optional(
    v.union(
      [v.literal('unbounded'), between(DAY, 365 * DAY, 'is 1d to 365d')],
      'is 1d to 365d, or unbounded',
    ),
    '90d',
  ),
  /** Of the browser's session. */
  session: v.optional(between(15 * MINUTE, 1_440 * MINUTE, 'is 15min to 1440min'), '1440min'),
})

/** Who shares a session: every application at every policy, or fewer (notes/b2c.md §1.6). */
const SSO_SCOPES = ['tenant', 'application', 'policy', 'none'] as const

/** The journeys on whose sign-in page a person may ask to be kept signed in. */
const KEEPING: readonly Journey[] = ['sign-in', 'sign-up-or-sign-in', 'profile-edit']

/** A user flow: an issuer of its own, with its own pages and lifetimes. */
export const Policy = v.pipe(
  v.object({
    /** As B2C spells it; in addresses any case is taken. */
    id: v.pipe(v.string(), v.regex(/^B2C_1A?_\w+$/i, 'is a name like B2C_1_signupsignin')),
    journey: v.picklist(JOURNEYS, `is one of ${JOURNEYS.join(', ')}`),
    /** Left out: the tenant's. */
    resetStyle: v.optional(ResetStyle),
    lifetimes: v.optional(Lifetimes, {}),
    sso: v.optional(v.picklist(SSO_SCOPES, `is one of ${SSO_SCOPES.join(', ')}`), 'tenant'),
    /** Whether each use begins the session anew, or it ends so long after the sign-in whatever is done. */
    sessionExpiry: v.optional(
      v.picklist(['rolling', 'absolute'], 'is rolling or absolute'),
      'rolling',
    ),
    /** How long "Keep me signed in" keeps somebody; left out, nobody is asked and nobody kept. */
    keepMeSignedIn: v.optional(between(DAY, 90 * DAY, 'is 1d to 90d')),
    /** B2C's switch "Require ID Token in logout requests". */
    requireIdTokenHint: v.optional(v.boolean(), false),
  }),
  v.check(
    ({ journey, keepMeSignedIn }) => keepMeSignedIn === undefined || KEEPING.includes(journey),
    `has keepMeSignedIn, which only journeys with a sign-in page have (${KEEPING.join(', ')})`,
  ),
)

/** As the provider runs it: with the tenant's reset style where it names none. */
export type Policy = v.InferOutput<typeof Policy> & { readonly resetStyle: ResetStyle }

/** Whether it is there to sign people in. */
export const leadsThroughSignIn = ({ journey }: { readonly journey: Journey }): boolean =>
  journey === 'sign-in' || journey === 'sign-up-or-sign-in'
