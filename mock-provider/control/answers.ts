import * as v from 'valibot'
import { FAULT_NAMES, MODES, PLACES } from '../faults/catalogue.ts'
import { TrailEntry } from '../trail.ts'

const Seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(600))

/** A person without their password: nothing that the control API answers holds one, or a token. */
export const PersonShown = v.object({
  oid: v.string(),
  email: v.string(),
  name: v.string(),
  givenName: v.optional(v.string()),
  familyName: v.optional(v.string()),
  idp: v.optional(v.string()),
  disabled: v.boolean(),
})

export type PersonShown = v.InferOutput<typeof PersonShown>

export const PolicyShown = v.object({
  id: v.string(),
  journey: v.string(),
  issuer: v.string(),
  authority: v.string(),
})

export const ClockShown = v.object({ now: v.string(), now_ms: v.number() })

/** How the next sign-in ends by itself. */
export const ScriptedLogin = v.object({
  /** Who signs in: the e-mail address. */
  person: v.optional(v.string()),
  /** Or the error that the application gets: `AADB2C90091`. */
  code: v.optional(v.string()),
  mode: v.picklist(MODES),
})

export type ScriptedLogin = v.InferOutput<typeof ScriptedLogin>

export const SessionShown = v.object({
  /** A fingerprint: what the browser has can't be made of it. */
  id: v.string(),
  person: v.string(),
  /** Milliseconds since 1970. */
  signedInAt: v.number(),
  until: v.nullable(v.number()),
  applications: v.array(v.string()),
})

export type SessionShown = v.InferOutput<typeof SessionShown>

export const RefreshTokenShown = v.object({
  id: v.string(),
  person: v.string(),
  application: v.string(),
  policy: v.string(),
  scope: v.string(),
  issuedAt: v.number(),
  until: v.number(),
})

export type RefreshTokenShown = v.InferOutput<typeof RefreshTokenShown>

export const MailShown = v.object({
  to: v.string(),
  subject: v.string(),
  at: v.string(),
  /** The verification code: it is what somebody who reads the mail types. */
  code: v.string(),
})

export const TrailPage = v.object({
  entries: v.array(TrailEntry),
  /** Give it as `after` to go on. */
  next: v.number(),
})

export const FaultShown = v.object({
  fault: v.picklist(FAULT_NAMES),
  says: v.string(),
  mode: v.picklist(MODES),
  at: v.optional(v.picklist(PLACES)),
  code: v.optional(v.string()),
  seconds: v.optional(Seconds),
  claim: v.optional(v.string()),
})

export type FaultShown = v.InferOutput<typeof FaultShown>

export const FaultWish = v.object({
  mode: v.picklist(MODES),
  at: v.optional(v.picklist(PLACES)),
  code: v.optional(v.string()),
  seconds: v.optional(Seconds),
  claim: v.optional(v.string()),
})

export type FaultWish = v.InferOutput<typeof FaultWish>

/** What can be carried from one provider to another. */
export const State = v.object({
  people: v.array(
    v.object({
      ...PersonShown.entries,
      /** Never exported; to be said for people whom the other provider doesn't know. */
      password: v.optional(v.string()),
    }),
  ),
  faults: v.array(v.object({ fault: v.picklist(FAULT_NAMES), ...FaultWish.entries })),
  login: v.nullable(ScriptedLogin),
})

export type State = v.InferOutput<typeof State>
