import type { State } from './answers.ts'
import type { Desk } from './desk.ts'
import { scriptLogin, scriptShown } from './login.ts'
import { personShown, putPerson } from './people.ts'
import { ControlRefusal } from './refusal.ts'

export const exported = (desk: Desk): State => ({
  people: desk.people.all.map((person) => personShown(desk, person)),
  faults: [...desk.faults.all],
  login: scriptShown(desk),
})

/**
 * Makes people, faults and the scripted sign-in those of the state. Sessions end with it.
 *
 * @throws ControlRefusal before anything is changed, when somebody new comes without a password
 */
export function imported(desk: Desk, state: State): void {
  const { people, faults, store } = desk
  const known = new Map(people.all.map((person) => [person.oid, person.password]))
  const nameless = state.people.find(
    ({ oid, password }) => password === undefined && !known.has(oid.toLowerCase()),
  )
  if (nameless) {
    throw new ControlRefusal(
      400,
      `${nameless.email} is new here: say their password, which an export never holds.`,
    )
  }
  for (const { oid } of people.all) people.remove(oid)
  for (const { disabled, ...person } of state.people) {
    putPerson(desk, { ...person, password: person.password ?? known.get(person.oid) }, disabled)
  }
  store.clear()
  faults.clear()
  for (const { fault, mode, ...details } of state.faults) faults.set(fault, mode, details)
  scriptLogin(desk, state.login ?? { mode: 'off' })
}
