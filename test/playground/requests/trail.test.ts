import { expect, test } from 'vitest'
import { ProviderTrail } from '../../../playground/requests/trail.ts'

test('the provider’s trail: who was let in and why something was refused, each once, the newest first', () => {
  const trail = new ProviderTrail()
  const entries = [
    { number: 1, at: 1, event: 'answered', endpoint: 'authorize' },
    { number: 2, at: 2, event: 'signed-in', person: '0a11ce00-0000-4000-8000-000000000001' },
    {
      number: 3,
      at: 3,
      event: 'refused',
      endpoint: 'token',
      code: 'AADB2C90080',
      why: 'It ran out.',
    },
    { number: 4, at: 4, event: 'fault', fault: 'sticky-session' },
  ] as const
  trail.add(entries)
  trail.add(entries.slice(2))
  expect(trail.last).toBe(4)
  expect(trail.shown.map(({ says }) => says)).toEqual([
    'The fault sticky-session was done.',
    'Refused token (AADB2C90080): It ran out.',
    'Alice Adler proved who they are.',
  ])
})
