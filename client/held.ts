import * as v from 'valibot'
import { Me } from '../protocol/me.ts'
import { ACTORS, REASONS } from '../protocol/reasons.ts'

/**
 * Everything that an installation keeps between two starts: one document in one secret entry. It is
 * also the journal: what is about to happen is written here before it happens. No times of our own
 * clock are kept, for nothing is ever decided by them.
 */

const HeldDevice = v.object({
  /** Thumbprint of the key that `id` was registered with: tells when the key was lost. */
  jkt: v.string(),
  /** What the key's source asked to keep, e.g. the private JWK. */
  keep: v.optional(v.string()),
  /** Missing until the site has registered the key, and when it has forgotten it. */
  id: v.optional(v.string()),
})

const PendingSignIn = v.object({
  state: v.string(),
  codeVerifier: v.string(),
  redirectUri: v.string(),
  /** The code and the attempt that redeems it: written together, before the request leaves. */
  redeem: v.optional(v.object({ code: v.string(), attempt: v.string() })),
})

const HeldSession = v.object({
  id: v.string(),
  refreshToken: v.string(),
  /** Names the refresh that is under way, or whose answer was lost. */
  attempt: v.optional(v.string()),
  /** Who it is, as last heard: shown while offline. */
  me: v.optional(Me),
})

/** Why nobody is signed in any more; the parts that are known. */
export const Ending = v.object({
  /** Missing when no party said it: the device key or the entry itself was lost. */
  reason: v.optional(v.picklist(REASONS)),
  actor: v.optional(v.picklist(ACTORS)),
  /** When, as the site says; milliseconds since 1970. */
  at: v.optional(v.number()),
  /** The account's name, for the sentence. */
  account: v.optional(v.string()),
  /** The lifetimes that were in force, for the sentence: the rolling window, and the absolute end from sign-in. */
  idle: v.optional(v.number()),
  absolute: v.optional(v.number()),
})

export const Held = v.object({
  version: v.literal(1),
  device: v.optional(HeldDevice),
  pendingSignIn: v.optional(PendingSignIn),
  session: v.optional(HeldSession),
  ended: v.optional(Ending),
  /** Refresh tokens of sessions that the person ended here, until the site has heard of it. */
  revocations: v.optional(v.array(v.string())),
})

export type Held = v.InferOutput<typeof Held>
export type HeldDevice = v.InferOutput<typeof HeldDevice>
export type HeldSession = v.InferOutput<typeof HeldSession>
export type PendingSignIn = v.InferOutput<typeof PendingSignIn>
export type Ending = v.InferOutput<typeof Ending>

export const NOTHING_HELD: Held = { version: 1 }

export const encodeHeld = (held: Held): string => JSON.stringify(held)

/** @returns `undefined` when the text is not such a document, whole and of this version. */
export function decodeHeld(text: string): Held | undefined {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    return undefined
  }
  const read = v.safeParse(Held, document)
  return read.success ? read.output : undefined
}

type Part = Exclude<keyof Held, 'version'>

/** Whether the person ended it themselves, here and now; of every other ending they have to be told. */
export const isOwnDoing = ({ reason, actor }: Ending): boolean =>
  reason === 'signed_out' && actor === 'user'

/** The document without some of its parts. */
export function without(held: Held, ...parts: readonly Part[]): Held {
  const rest = { ...held }
  for (const part of parts) delete rest[part]
  return rest
}
