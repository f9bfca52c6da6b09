import * as v from 'valibot'
import { Ending } from '../client/held.ts'
import { Known } from '../client/others.ts'
import { Problem } from '../client/problem.ts'
import { Me } from '../protocol/me.ts'
import { PURGE_OUTCOMES } from '../protocol/purge-proof.ts'

/** What became of the provider's cookies after the last sign-in, and what the probe said then. */
export const PurgeReport = v.object({
  /** Cookies that were removed, and those that are still there. */
  removed: v.number(),
  left: v.number(),
  outcome: v.picklist(PURGE_OUTCOMES),
  /** Milliseconds since 1970, by the site's clock as far as it was known: for display. */
  at: v.number(),
})

export type PurgeReport = v.InferOutput<typeof PurgeReport>

/** Everything that the popup draws; the background makes it, and holds nothing back but secrets. */
export const View = v.object({
  state: v.variant('at', [
    v.object({ at: v.literal('starting') }),
    v.object({ at: v.literal('signed_out'), ended: v.optional(Ending) }),
    v.object({ at: v.literal('signing_in') }),
    v.object({ at: v.literal('signed_in'), me: v.optional(Me) }),
    v.object({ at: v.literal('offline'), me: v.optional(Me), since: v.number() }),
  ]),
  ...Known.entries,
  /** Why the last thing that the person asked for did not happen, and when, by this machine's clock. */
  problem: v.optional(v.object({ ...Problem.entries, at: v.number() })),
  purge: v.optional(PurgeReport),
  site: v.string(),
  /** When the access token runs out, if one is held: use renews it then. By the site's clock. */
  refreshDueAt: v.optional(v.number()),
  /** From when on the site may be asked whether the session has ended; no use of it. By the site's clock. */
  runsOutAt: v.optional(v.number()),
  /** What time it is at the site, and what this machine's clock said then. */
  now: v.object({ site: v.number(), here: v.number() }),
})

export type View = v.InferOutput<typeof View>

/** Where the background puts it for whoever draws: a memory that ends with the browser's run. */
export const VIEW_KEY = 'view'
