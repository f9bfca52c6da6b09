import type { Role } from '../../protocol/plan.ts'

/** Who stands above whom. */
const RANK = { owner: 2, admin: 1, member: 0 } as const satisfies Record<Role, number>

const below = (role: Role, other: Role): boolean => RANK[role] < RANK[other]

/** Whether somebody may be asked to join in that role. */
export const mayInvite = (actor: Role, role: Role): boolean =>
  actor === 'owner' || below(role, actor)

/**
 * Whether somebody may give another person another role, or none any more (`null`). An owner may do
 * everything; everybody else acts only on those below them, and gives only what is below their own: an
 * administrator whose session was stolen makes no second one.
 */
export const mayChange = (actor: Role, target: Role, wished: Role | null): boolean =>
  actor === 'owner' || (below(target, actor) && (wished === null || below(wished, actor)))

/** Whether somebody may change themselves so: to leave, or to step down. */
export const mayChangeOneself = (role: Role, wished: Role | null): boolean =>
  wished === null || wished === role || below(wished, role)
