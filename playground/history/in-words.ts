import { durationInWords } from '../../clock/duration.ts'
import { inWords } from '../../protocol/reasons.ts'
import type { Happening, HappeningKind, HappeningOf } from './happening.ts'

const PURGED = {
  proven: 'Purge proven: the provider would ask again',
  sticky: 'Purge not proven: the provider would sign somebody in without asking',
  unknown: 'Purge not proven: the provider did not say',
} as const

const TOLD = { delivered: 'delivered', waiting: 'is sent again later', dead: 'given up' } as const

const FAULT = {
  off: 'is off',
  next: 'is on for the next request',
  on: 'is on',
  met: 'met a request, and is over',
} as const

const SENTENCES = {
  signed_in: ({ person, device }) => `${person} signed in on ${device}.`,
  purge_probed: ({ outcome, answer }) => `${PURGED[outcome]} (${answer}).`,
  refreshed: ({ displaces }) =>
    displaces
      ? 'Refreshed, and a successor that never arrived was retired.'
      : 'Refreshed: the rolling window begins again.',
  replayed: () => 'The identical answer was given again: the first one was lost.',
  superseded: () => 'A retired token came back: superseded, and the session lives on.',
  ended: ({ reason, actor, at }) => `Ended: ${reason}. ${inWords(reason, { actor, at }).title}.`,
  acted: ({ says }) => says,
  told_service: ({ event, attempt, state, answer }) =>
    `${event}, attempt ${attempt}: ${answer}, ${TOLD[state]}.`,
  mailed: ({ mail, to }) => `A mail to ${to}: ${mail.replaceAll('_', ' ')}.`,
  clock_moved: ({ from, at }) => `The clock moved on by ${durationInWords(at - from)}.`,
  came_due: ({ party, name }) => `Due at the ${party}: ${name}.`,
  party: ({ party, state }) => `The ${party} is ${state === 'up' ? 'up' : 'down'}.`,
  fault: ({ fault, mode }) => `The fault ${fault.replaceAll('_', ' ')} ${FAULT[mode]}.`,
} as const satisfies { [K in HappeningKind]: (happening: HappeningOf<K>) => string }

/** What happened, as a sentence. */
export function happeningInWords(happening: Happening): string {
  const say: (happening: never) => string = SENTENCES[happening.kind]
  return say(happening as never)
}
