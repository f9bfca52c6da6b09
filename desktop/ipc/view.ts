import * as v from 'valibot'
import { Me } from '../../protocol/me.ts'
import { MyAccounts } from '../../protocol/my-accounts.ts'
import { SignedInDevice } from '../../protocol/my-devices.ts'
import { MyLogins } from '../../protocol/my-logins.ts'
import { PURGE_OUTCOMES } from '../../protocol/purge-proof.ts'
import { ACTORS, REASONS } from '../../protocol/reasons.ts'
import { TROUBLES } from './troubles.ts'

/**
 * Everything that the window shows. The main process alone decides; the page draws this and sends
 * commands. No token, code, key or sign-in address is ever part of it.
 */

/** Why nobody is signed in any more; the parts that are known. */
const Ended = v.object({
  reason: v.optional(v.picklist(REASONS)),
  actor: v.optional(v.picklist(ACTORS)),
  /** Milliseconds since 1970. */
  at: v.optional(v.number()),
  account: v.optional(v.string()),
})

/** The site turned the person away. */
const Refusal = v.object({
  sentence: v.string(),
  reason: v.optional(v.picklist(REASONS)),
  at: v.optional(v.number()),
})

export const WAYS = ['loopback', 'link'] as const

/** How the browser comes back: to a port of this machine, or by the app's own kind of link. */
export type Way = (typeof WAYS)[number]

const SigningIn = v.object({
  at: v.literal('signing_in'),
  /** `preparing` and `finishing` are short; only `in_browser` waits for the person. */
  step: v.picklist(['preparing', 'in_browser', 'finishing']),
  way: v.picklist(WAYS),
  /** `earlier`: before the app was closed; it may be open still. */
  browser: v.picklist(['opened', 'not_opened', 'earlier']),
})

const Person = v.variant('at', [
  v.object({ at: v.literal('starting') }),
  v.object({
    at: v.literal('signed_out'),
    ended: v.optional(Ended),
    refusal: v.optional(Refusal),
  }),
  SigningIn,
  v.object({ at: v.literal('signed_in'), me: v.optional(Me) }),
  v.object({ at: v.literal('offline'), me: v.optional(Me), since: v.number() }),
])

/** Where the sign-in is kept. `memory`: until the app is closed, and the person is told so. */
const Kept = v.variant('in', [
  v.object({ in: v.picklist(['keychain', 'safe_storage']) }),
  v.object({ in: v.literal('memory'), trouble: v.picklist(TROUBLES) }),
])

/** What the embedded demonstration has shown so far. */
const Demonstration = v.object({
  /** A step is under way. */
  busy: v.boolean(),
  happened: v.array(
    v.variant('step', [
      v.object({ step: v.literal('sign_in'), name: v.string(), asked: v.boolean() }),
      v.object({
        step: v.literal('purge'),
        removed: v.number(),
        left: v.number(),
        outcome: v.picklist(PURGE_OUTCOMES),
        answer: v.string(),
      }),
    ]),
  ),
  /** The last step did not come to an end. */
  failed: v.optional(v.boolean()),
})

export const View = v.object({
  /** The site's time as far as it is known. */
  now: v.number(),
  /** How far the shared clock is ahead, in development. */
  ahead: v.optional(v.number()),
  person: Person,
  kept: v.optional(Kept),
  /** What this device can do about others; missing until the site was asked. */
  devices: v.optional(v.array(SignedInDevice)),
  /** For whom the person may act; the one in use is marked. */
  accounts: v.optional(MyAccounts.entries.accounts),
  /** From when on the next use renews the session first. */
  refreshDueAt: v.optional(v.number()),
  logins: v.optional(MyLogins),
  /** The lifetimes in force, as far as they were heard: for sentences. */
  lifetimes: v.optional(v.object({ idle: v.number(), absolute: v.number() })),
  /** What the last command came to, if not what was asked. */
  problem: v.optional(v.object({ sentence: v.string(), signInFirst: v.boolean() })),
  /** Drawn in the place of everything else, for as long as it is there. */
  demonstration: v.optional(Demonstration),
  /** What to say to a developer who asks. */
  about: v.object({ version: v.string(), runtime: v.string(), site: v.string() }),
})

export type View = v.InferOutput<typeof View>
export type Person = View['person']
export type SigningIn = v.InferOutput<typeof SigningIn>
export type Demonstration = v.InferOutput<typeof Demonstration>
export type Kept = v.InferOutput<typeof Kept>
