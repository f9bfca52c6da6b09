import type { VNode } from 'preact'
import type { Person } from '../config.ts'
import { AttributePage, Field, type JourneyPageProps } from './journey-page.tsx'

export interface ProfilePageProps extends JourneyPageProps {
  readonly person: Person
  readonly typed: ReadonlyMap<string, string>
}

/** The page on which a person changes what they are called. */
export const profilePage = (props: ProfilePageProps): VNode => {
  const { name: displayName, givenName, familyName: surname } = props.person
  const known = { displayName, givenName, surname }
  return (
    <AttributePage
      {...props}
      title="Your profile"
      lead={`Of ${props.person.email}, to go on to ${props.application}.`}
    >
      <ProfileFields
        valueOf={(field) => props.typed.get(field) ?? known[field]}
        autofocus={props.refusal === undefined}
      />
    </AttributePage>
  )
}

/** What a person is called, by B2C's names of the attributes. */
export const ProfileFields = (props: {
  valueOf: (field: 'displayName' | 'givenName' | 'surname') => string | undefined
  autofocus: boolean
}): VNode => (
  <>
    <Field
      id="displayName"
      label="Display name"
      value={props.valueOf('displayName') ?? ''}
      autocomplete="name"
      required
      autofocus={props.autofocus}
    />
    <Field
      id="givenName"
      label="Given name (optional)"
      value={props.valueOf('givenName') ?? ''}
      autocomplete="given-name"
    />
    <Field
      id="surname"
      label="Surname (optional)"
      value={props.valueOf('surname') ?? ''}
      autocomplete="family-name"
    />
  </>
)
