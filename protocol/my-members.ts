import * as v from 'valibot'
import { ROLES } from './plan.ts'

/** Somebody who belongs to the account. Times in seconds since 1970. */
export const Member = v.object({
  user_id: v.string(),
  name: v.string(),
  /** `null` as well where it is not for the one who asks: members see names alone. */
  email: v.nullable(v.string()),
  role: v.picklist(ROLES),
  since: v.number(),
  /** Whether it is the one who asks. */
  you: v.boolean(),
})

export type Member = v.InferOutput<typeof Member>

/** An invitation that waits for somebody. */
export const OpenInvitation = v.object({
  id: v.string(),
  address: v.string(),
  role: v.picklist(ROLES),
  invited_by: v.string(),
  created_at: v.number(),
  expires_at: v.number(),
})

export type OpenInvitation = v.InferOutput<typeof OpenInvitation>

/** `GET /me/members`, owners first; invitations for those who may invite. */
export const MyMembers = v.object({
  members: v.array(Member),
  invitations: v.array(OpenInvitation),
})

export type MyMembers = v.InferOutput<typeof MyMembers>

/** `POST /me/members/:id` */
export const ChangeRole = v.object({ role: v.picklist(ROLES) })

/** No address is longer (RFC 5321 §4.5.3.1.3). */
const LONGEST_ADDRESS = 254

/** `POST /me/invitations` */
export const Invite = v.object({
  address: v.pipe(v.string(), v.trim(), v.email(), v.maxLength(LONGEST_ADDRESS)),
  role: v.picklist(ROLES),
})
