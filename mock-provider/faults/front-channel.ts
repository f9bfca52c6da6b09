import type { Answer } from '../engine/response-modes.ts'
import type { Faults } from './faults.ts'
import { OTHER_ISSUER } from './tokens.ts'

/** What is asked, without the prompts that are to be ignored. */
export function forgetPrompts(asked: URLSearchParams, faults: Faults): void {
  const prompts = () => (asked.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '')
  const without = (left: string) => {
    const rest = prompts().filter((prompt) => prompt !== left)
    if (rest.length === 0) asked.delete('prompt')
    else asked.set('prompt', rest.join(' '))
  }
  const wantsPerson = prompts().includes('login') || asked.has('max_age')
  if (wantsPerson && faults.take('ignored-prompt-login')) {
    asked.delete('max_age')
    without('login')
  }
  if (prompts().includes('none') && faults.take('ignored-prompt-none')) without('none')
}

/** What goes back to the application, by whatever way, as it should not be. */
export function spoilAnswer(answer: Answer, faults: Faults): Answer {
  const { state, ...rest } = answer
  if (state === undefined) return withForeignIss(answer, faults)
  if (faults.take('lost-state')) return withForeignIss(rest, faults)
  const told = faults.take('wrong-state') ? 'another' : state
  return withForeignIss({ ...rest, state: told }, faults)
}

const withForeignIss = (answer: Answer, faults: Faults): Answer =>
  faults.take('foreign-iss') ? { ...answer, iss: OTHER_ISSUER } : answer
