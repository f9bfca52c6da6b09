import * as v from 'valibot'

/** What the app asks of the process that alone loads keytar. One entry each: no listing, ever. */
export const KeychainOrder = v.object({
  number: v.number(),
  account: v.string(),
  order: v.variant('do', [
    /** Writes a random value, reads it and removes it: only a write tells "locked" from "empty". */
    v.object({ do: v.literal('probe') }),
    v.object({ do: v.literal('read') }),
    v.object({ do: v.literal('write'), value: v.string() }),
    /** Overwrites, then removes: removing alone fails in silence when the keychain is locked. */
    v.object({ do: v.literal('clear') }),
  ]),
})

export const KeychainReport = v.object({
  number: v.number(),
  report: v.variant('is', [
    v.object({ is: v.literal('done'), value: v.optional(v.string()) }),
    /** `library`: keytar can't be loaded. `text` is for a log and for choosing a sentence. */
    v.object({ is: v.picklist(['library', 'failure']), text: v.string() }),
  ]),
})

export type KeychainOrder = v.InferOutput<typeof KeychainOrder>
export type KeychainReport = v.InferOutput<typeof KeychainReport>
