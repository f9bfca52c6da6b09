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
  /** Of the browser's session; each use begins it anew. */
  session: v.optional(between(15 * MINUTE, 1_440 * MINUTE, 'is 15min to 1440min'), '1440min'),
})

/** A user flow: an issuer of its own, with its own pages and lifetimes. */
export const Policy = v.object({
  /** As B2C spells it; in addresses any case is taken. */
  id: v.pipe(v.string(), v.regex(/^B2C_1A?_\w+$/i, 'is a name like B2C_1_signupsignin')),
  journey: v.picklist(JOURNEYS, `is one of ${JOURNEYS.join(', ')}`),
  /** Left out: the tenant's. */
  resetStyle: v.optional(ResetStyle),
  lifetimes: v.optional(Lifetimes, {}),
  /** B2C's switch "Require ID Token in logout requests". */
  requireIdTokenHint: v.optional(v.boolean(), false),
})

/** As the provider runs it: with the tenant's reset style where it names none. */
export type Policy = v.InferOutput<typeof Policy> & { readonly resetStyle: ResetStyle }

/** Whether it is there to sign people in. */
export const leadsThroughSignIn = ({ journey }: { readonly journey: Journey }): boolean =>
  journey === 'sign-in' || journey === 'sign-up-or-sign-in'
