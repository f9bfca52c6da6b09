import * as v from 'valibot'
import type { SignInResult } from './sign-in.ts'

/** Why a person did not get what they asked for. */
export const Problem = v.object({
  /** What did not happen, where that is more than "that did not work". */
  title: v.optional(v.string()),
  sentence: v.string(),
  /** A fresh sign-in mends it (RFC 9470). */
  signInFirst: v.optional(v.literal(true)),
})

export type Problem = v.InferOutput<typeof Problem>

export const UNREACHABLE: Problem = {
  sentence: 'Our site can’t be reached just now. Try again in a moment.',
}

/** What to say of a sign-in that was finished; whoever gave one up knows it. */
export function problemOf(result: SignInResult): Problem | undefined {
  switch (result.kind) {
    case 'ok':
    case 'not_finished':
      return undefined
    case 'refused':
      return { title: 'You were not signed in', sentence: result.sentence }
    case 'retry_later':
      return UNREACHABLE
  }
}
