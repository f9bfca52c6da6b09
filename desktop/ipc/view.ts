import * as v from 'valibot'
import { Ending } from '../../client/held.ts'
import { Known } from '../../client/others.ts'
import { Problem } from '../../client/problem.ts'
import { Me } from '../../protocol/me.ts'
import { PURGE_OUTCOMES } from '../../protocol/purge-proof.ts'
import { TROUBLES } from './troubles.ts'

/**
 * Everything that the window shows. The main process alone decides; the page draws this and sends
 * commands. No token, code, key or sign-in address is ever part of it.
 */

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
  v.object({ at: v.literal('signed_out'), ended: v.optional(Ending) }),
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
  ...Known.entries,
  /** From when on the next use renews the session first. */
  refreshDueAt: v.optional(v.number()),
  /** What the last command came to, if not what was asked. */
  problem: v.optional(Problem),
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
