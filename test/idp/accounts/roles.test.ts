import { describe, expect, test } from 'vitest'
import { mayChange, mayChangeOneself, mayInvite } from '../../../idp/accounts/roles.ts'
import { ROLES, type Role } from '../../../protocol/plan.ts'

const WISHES = [...ROLES, null] as const

describe('who may give whom which role', () => {
  /** Everything that is allowed to others than owners. */
  const ALLOWED: readonly string[] = ['admin member member', 'admin member null']
  for (const actor of ROLES) {
    for (const target of ROLES) {
      test.each(WISHES)(`${actor} to ${target}: %s`, (wished) => {
        const allowed = actor === 'owner' || ALLOWED.includes(`${actor} ${target} ${wished}`)
        expect(mayChange(actor, target, wished)).toBe(allowed)
      })
    }
  }
})

test.each([
  ['owner', 'owner', true],
  ['owner', 'admin', true],
  ['owner', 'member', true],
  ['owner', null, true],
  ['admin', 'owner', false],
  ['admin', 'member', true],
  ['admin', null, true],
  ['member', 'owner', false],
  ['member', 'admin', false],
  ['member', null, true],
] as const)('oneself, as %s, to %s: %s', (role, wished, allowed) => {
  expect(mayChangeOneself(role, wished)).toBe(allowed)
})

test.each([
  ['owner', ['owner', 'admin', 'member']],
  ['admin', ['member']],
  ['member', []],
] as const satisfies readonly (readonly [Role, readonly Role[]])[])(
  '%s may invite as %j',
  (actor, may) => {
    expect(ROLES.filter((role) => mayInvite(actor, role))).toEqual(may)
  },
)
