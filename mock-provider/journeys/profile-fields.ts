import type { Profile } from '../people.ts'
import type { Refusal } from './refusal.ts'

/** Reads what a person says of themselves, by B2C's names of the attributes. */
export function readProfile(fields: URLSearchParams): Profile | Refusal {
  const read = (name: string) => fields.get(name)?.trim() ?? ''
  const name = read('displayName')
  if (name === '') return 'RequiredFieldMissing'
  const givenName = read('givenName')
  const familyName = read('surname')
  return {
    name,
    ...(givenName === '' ? {} : { givenName }),
    ...(familyName === '' ? {} : { familyName }),
  }
}
