import type { VNode } from 'preact'
import type { EmailVerification } from '../journeys/email-verification.ts'
import type { Refusal } from '../journeys/refusal.ts'
import { Message } from './contract.tsx'

export interface VerificationProps {
  readonly at: EmailVerification['at']
  readonly email: string
  readonly refusal: Refusal | undefined
  /** Where the mails are read that this provider would send; `undefined`: nowhere. */
  readonly mailsPath: string | undefined
  /** The form of the button that begins anew: Enter in the page's own form must not press it. */
  readonly editForm: string
}

/**
 * B2C's verification control: the address, the code that was mailed, and what is to be said of them.
 * All of it is there at any time, and hidden until it is needed.
 */
export const Verification = (props: VerificationProps): VNode => {
  const { at, email, refusal, mailsPath } = props
  const calm = refusal === undefined
  const shownAt = (needed: readonly EmailVerification['at'][], now: boolean) => ({
    'data-when': needed.join(' '),
    hidden: !now,
    'aria-hidden': !now,
  })
  const when = (...needed: readonly EmailVerification['at'][]) =>
    shownAt(needed, needed.includes(at))
  /** Good news is old news once something went wrong. */
  const news = (needed: EmailVerification['at']) => shownAt([needed], calm && needed === at)
  const button = (...needed: readonly EmailVerification['at'][]) => ({
    ...when(...needed),
    // Enter presses the first button that submits, be it hidden or not.
    type: needed.includes(at) ? ('submit' as const) : ('button' as const),
  })
  return (
    <>
      <p id="email_info" role="status" {...news('code')}>
        Verification code has been sent to your inbox. Please copy it to the input box below.
      </p>
      <p id="email_success" role="status" {...news('verified')}>
        E-mail address verified. You can now continue.
      </p>
      {ELEMENTS.map((element) => (
        <Message key={element} element={element} refusal={refusal} />
      ))}
      <label for="email">Email address</label>
      <input
        id="email"
        name="email"
        type="email"
        value={email}
        autocomplete="username"
        required
        readonly={at !== 'email'}
        autofocus={calm && at === 'email'}
      />
      <button
        id="email_ver_but_send"
        class="main sendButton"
        name="action"
        value="send"
        formnovalidate
        {...button('email')}
      >
        Send verification code
      </button>
      <label id="email_ver_input_label" for="email_ver_input" {...when('code')}>
        Verification code
      </label>
      <input
        id="email_ver_input"
        name="verificationCode"
        inputmode="numeric"
        autocomplete="one-time-code"
        autofocus={calm && at === 'code'}
        {...when('code')}
      />
      {mailsPath !== undefined && (
        <p {...when('code')}>
          A local stand-in: nothing was sent.{' '}
          <a href={mailsPath} target="_blank" rel="noreferrer">
            Read the mails here
          </a>
        </p>
      )}
      <button
        id="email_ver_but_verify"
        class="main verifyButton"
        name="action"
        value="verify"
        formnovalidate
        {...button('code')}
      >
        Verify code
      </button>
      <button
        id="email_ver_but_resend"
        class="sendButton"
        name="action"
        value="send"
        formnovalidate
        {...button('code')}
      >
        Send new code
      </button>
      <button
        id="email_ver_but_edit"
        class="editButton"
        form={props.editForm}
        name="action"
        value="edit"
        {...button('code', 'verified')}
      >
        Change e-mail
      </button>
    </>
  )
}

const ELEMENTS = [
  'email_intro',
  'email_incorrect_format',
  'email_fail_retry',
  'email_fail_code_expired',
  'email_fail_no_retry',
] as const
