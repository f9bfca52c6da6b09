import type { VNode } from 'preact'
import type { EmailVerification } from '../journeys/email-verification.ts'
import { AttributePage, EDIT_FORM, type JourneyPageProps, NewPassword } from './journey-page.tsx'
import { ProfileFields } from './profile.tsx'
import { Verification } from './verification.tsx'

export interface SignUpPageProps extends JourneyPageProps {
  readonly at: EmailVerification['at']
  readonly email: string
  readonly mailsPath: string | undefined
  readonly typed: ReadonlyMap<string, string>
}

/** The page that makes an account, with the element ids of B2C's own. */
export const signUpPage = (props: SignUpPageProps): VNode => (
  <AttributePage
    {...props}
    title="Sign up"
    lead={`For a ${props.tenant} account, to go on to ${props.application}.`}
    action="Create"
    ready={props.at === 'verified'}
  >
    <Verification {...props} editForm={EDIT_FORM} />
    <NewPassword
      label="New password"
      again="Confirm new password"
      autofocus={props.at === 'verified' && props.refusal === undefined}
    />
    <ProfileFields valueOf={(field) => props.typed.get(field)} autofocus={false} />
  </AttributePage>
)
