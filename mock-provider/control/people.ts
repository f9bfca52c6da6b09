import * as v from 'valibot'
import { Person } from '../config.ts'
import type { PersonShown } from './answers.ts'
import type { Desk } from './desk.ts'
import { ControlRefusal } from './refusal.ts'
import { endSessionsOf } from './sessions.ts'

export const PersonWish = v.partial(v.object({ ...Person.entries, disabled: v.boolean() }))

export type PersonWish = v.InferOutput<typeof PersonWish>

export function personShown({ people }: Desk, person: Person): PersonShown {
  const { password: _, ...shown } = person
  return { ...shown, disabled: people.isDisabled(person.oid) }
}

/** @throws ControlRefusal `404` */
export function personOf({ people }: Desk, oid: string): Person {
  const person = people.listed(oid.toLowerCase())
  if (person) return person
  throw new ControlRefusal(404, `Nobody has the oid ${oid}: GET /control/people lists everyone.`)
}

/**
 * Makes a person, or changes one.
 *
 * @throws ControlRefusal `400` when something is missing, `409` when the address is somebody else's
 */
export function putPerson(desk: Desk, wish: unknown, disabled: boolean | undefined): PersonShown {
  const { people } = desk
  const read = v.safeParse(Person, wish)
  if (!read.success) {
    const [issue] = read.issues
    const what = issue.message.startsWith('Invalid ') ? 'is missing or wrong' : issue.message
    throw new ControlRefusal(400, `A person’s ${v.getDotPath(issue) ?? 'JSON'} ${what}.`)
  }
  const person = read.output
  const other = people.byEmail(person.email, person.idp)
  if (other && other.oid !== person.oid) {
    throw new ControlRefusal(409, `${person.email} is somebody else’s address: ${other.oid}.`)
  }
  people.put(person)
  return switchPerson(desk, person, disabled)
}

export function switchPerson(
  desk: Desk,
  person: Person,
  disabled: boolean | undefined,
): PersonShown {
  if (disabled === true) {
    desk.people.disable(person.oid)
    endSessionsOf(desk.store, person.oid)
  }
  if (disabled === false) desk.people.enable(person.oid)
  return personShown(desk, person)
}
