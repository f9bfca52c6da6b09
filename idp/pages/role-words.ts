import type { Role } from '../../protocol/plan.ts'

/** What a role is called. */
export const ROLE_NAMES = {
  owner: 'Owner',
  admin: 'Administrator',
  member: 'Member',
} as const satisfies Record<Role, string>

/** As whom somebody is invited. */
export const AS_ROLE = {
  owner: 'as an owner, who may do everything',
  admin: 'as an administrator, who may invite and remove members',
  member: 'as a member',
} as const satisfies Record<Role, string>
