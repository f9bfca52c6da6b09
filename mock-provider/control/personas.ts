import { randomUUID } from 'node:crypto'
import type { Person } from '../config.ts'
import { DEFAULT_PASSWORD } from '../defaults.ts'

/** People of a kind that tests ask for; each call makes a new one. */
export const PERSONAS = {
  local: 'Somebody with a password here.',
  google: 'Somebody who comes through Google, for the first time: `newUser`, `idp`.',
  disabled: 'Somebody whose account is switched off.',
  mononymous: 'Somebody with one name, and neither given nor family name.',
  'far-name': 'Somebody whose name needs care with letters, quotes and direction.',
} as const satisfies Record<string, string>

export type Persona = keyof typeof PERSONAS

export const PERSONA_NAMES = Object.keys(PERSONAS) as readonly Persona[]

export function makePersona(persona: Persona): Person {
  const oid = randomUUID()
  const somebody = {
    oid,
    email: `${persona}-${oid.slice(0, 8)}@example.test`,
    password: DEFAULT_PASSWORD,
    name: 'Robin Reed',
    givenName: 'Robin',
    familyName: 'Reed',
  }
  switch (persona) {
    case 'local':
    case 'disabled':
      return somebody
    case 'google':
      return { ...somebody, idp: 'google.com' }
    case 'mononymous': {
      const { oid, email, password } = somebody
      return { oid, email, password, name: 'Madonna' }
    }
    case 'far-name':
      return {
        ...somebody,
        name: 'Zoë "Łucja" O’Brien-<b> שלום 李',
        givenName: 'Zoë "Łucja"',
        familyName: 'O’Brien-<b> שלום 李',
      }
  }
}
