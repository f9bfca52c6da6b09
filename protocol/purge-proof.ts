import * as v from 'valibot'

/**
 * What the `prompt=none` probe showed after the provider's session was ended (DESIGN §4 no. 5):
 * - `proven`: the provider would ask for the password again;
 * - `sticky`: the provider would have signed somebody in without asking;
 * - `unknown`: the provider did not say, e.g. it could not be reached or answered with another error.
 */
export const PURGE_OUTCOMES = ['proven', 'sticky', 'unknown'] as const
export type PurgeOutcome = (typeof PURGE_OUTCOMES)[number]

/** Recorded with the session and shown. */
export const PurgeProof = v.object({
  outcome: v.picklist(PURGE_OUTCOMES),
  /** The provider's own word, e.g. `login_required`. */
  answer: v.string(),
  /** Seconds since 1970. */
  at: v.number(),
})

export type PurgeProof = v.InferOutput<typeof PurgeProof>

/** Errors that say "I would have to ask": OIDC Core §3.1.2.6; B2C uses the second (notes/b2c.md §1.5). */
const WOULD_ASK = ['login_required', 'interaction_required']

/**
 * What an answer to `prompt=none` proves.
 *
 * @param answer the provider's error, or `code`
 * @param at seconds since 1970
 */
export function readProof(answer: string, at: number): PurgeProof {
  if (WOULD_ASK.includes(answer)) return { outcome: 'proven', answer, at }
  if (answer === 'code') return { outcome: 'sticky', answer, at }
  // An error we don't know: it may hide a session, so it proves nothing.
  return { outcome: 'unknown', answer: answer.slice(0, 60), at }
}
