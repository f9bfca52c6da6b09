import * as v from 'valibot'
import { Directory, type Person } from '../config.ts'
import type { State } from './answers.ts'
import type { Desk } from './desk.ts'
import { readCode, readScript, scriptLogin, scriptShown } from './login.ts'
import { personShown } from './people.ts'
import { ControlRefusal } from './refusal.ts'

export const exported = (desk: Desk): State => ({
  people: desk.people.all.map((person) => personShown(desk, person)),
  faults: [...desk.faults.all],
  login: scriptShown(desk),
})

/**
 * Makes people, faults and the scripted sign-in those of the state. Sessions end with it.
 *
 * @throws ControlRefusal before anything is changed
 */
export function imported(desk: Desk, state: State): void {
  const { people, faults, store } = desk
  const everyone = readPeople(desk, state)
  if (state.login && state.login.mode !== 'off') readScript(everyone, state.login)
  for (const { fault, code } of state.faults) if (fault === 'refused') readCode(code ?? '')
  for (const { oid } of people.all) people.remove(oid)
  for (const person of everyone) people.put(person)
  for (const { oid, disabled } of state.people) if (disabled) people.disable(oid.toLowerCase())
  store.clear()
  faults.clear()
  for (const { fault, mode, ...details } of state.faults) faults.set(fault, mode, details)
  scriptLogin(desk, state.login ?? { mode: 'off' })
}

/** Those who are known here keep their passwords. */
function readPeople({ people }: Desk, state: State): readonly Person[] {
  const everyone = state.people.map(({ disabled: _, ...person }) => ({
    ...person,
    password: person.password ?? people.listed(person.oid.toLowerCase())?.password,
  }))
  const nameless = everyone.find(({ password }) => password === undefined)
  if (nameless) {
    throw new ControlRefusal(
      400,
      `${nameless.email} is new here: say their password, which an export never holds.`,
    )
  }
  const read = v.safeParse(Directory, everyone)
  if (read.success) return read.output
  const [issue] = read.issues
  const what = issue.message.startsWith('Invalid ') ? 'is missing or wrong' : issue.message
  throw new ControlRefusal(400, `people${dotted(issue)} ${what}.`)
}

const dotted = (issue: v.BaseIssue<unknown>): string => {
  const path = v.getDotPath(issue)
  return path === null ? '' : `.${path}`
}
