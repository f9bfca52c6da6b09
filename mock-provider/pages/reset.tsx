import type { VNode } from 'preact'
import type { EmailVerification } from '../journeys/email-verification.ts'
import { AttributePage, EDIT_FORM, type JourneyPageProps, NewPassword } from './journey-page.tsx'
import { Verification } from './verification.tsx'

const TITLE = 'Reset your password'

const leadOf = ({ tenant, application }: JourneyPageProps): string =>
  `Of your ${tenant} account, to go on to ${application}.`

/** The first page of the reset: whose mail does the person read? */
export const resetEmailPage = (
  props: JourneyPageProps & {
    readonly at: EmailVerification['at']
    readonly email: string
    readonly mailsPath: string | undefined
  },
): VNode => (
  <AttributePage {...props} title={TITLE} lead={leadOf(props)} ready={props.at === 'verified'}>
    <Verification {...props} editForm={EDIT_FORM} />
  </AttributePage>
)

/** The second page of the reset. */
export const resetPasswordPage = (props: JourneyPageProps): VNode => (
  <AttributePage {...props} title={TITLE} lead={leadOf(props)}>
    <NewPassword
      label="New password"
      again="Confirm new password"
      autofocus={props.refusal === undefined}
    />
  </AttributePage>
)
