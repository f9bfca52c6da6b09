import * as v from 'valibot'

/** One thing that the provider did, as the console tells it. */
export const TrailShown = v.object({ number: v.number(), at: v.number(), says: v.string() })

export type TrailShown = v.InferOutput<typeof TrailShown>
