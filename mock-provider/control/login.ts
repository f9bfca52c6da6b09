import type { Person } from '../config.ts'
import { B2C_CODES, isB2cCode } from '../dialect/b2c/errors.ts'
import type { Script } from '../logins.ts'
import type { ScriptedLogin } from './answers.ts'
import type { Desk } from './desk.ts'
import { ControlRefusal } from './refusal.ts'

export function scriptShown({ logins }: Desk): ScriptedLogin | null {
  if (!logins.script) return null
  const { script, mode } = logins.script
  return script.kind === 'person'
    ? { person: script.person.email, mode }
    : { code: script.code, mode }
}

/** @throws ControlRefusal as {@link readScript} */
export function scriptLogin({ logins, people }: Desk, wish: ScriptedLogin): void {
  const { mode } = wish
  if (mode === 'off') logins.clear()
  else logins.set(readScript(people.all, wish), mode)
}

/** @throws ControlRefusal when nobody has the address, or B2C no such code */
export function readScript(people: readonly Person[], { person, code }: ScriptedLogin): Script {
  if (code !== undefined) return { kind: 'error', code: readCode(code) }
  const email = person?.trim().toLowerCase()
  const found = people.find((one) => one.email.toLowerCase() === email)
  if (found) return { kind: 'person', person: found }
  throw new ControlRefusal(
    404,
    'Say whose sign-in it is, by an e-mail address of /control/people, or the error’s code.',
  )
}

/** @throws ControlRefusal that lists the codes */
export function readCode(code: string): (typeof B2C_CODES)[number] {
  if (isB2cCode(code)) return code
  throw new ControlRefusal(400, `The codes that the provider knows are ${B2C_CODES.join(', ')}.`)
}
