import type { VNode } from 'preact'
import type { ResetProgress } from '../journeys/reset-progress.ts'
import { Csrf, Page, Problem } from './page.tsx'

export interface ResetPageProps {
  readonly at: ResetProgress['at']
  /** The application's name. */
  readonly application: string
  readonly tenant: string
  readonly csrf: string
  readonly email: string
  /** Where the mails are read that this provider would send; `undefined`: nowhere. */
  readonly mailsPath: string | undefined
  /** What went well. */
  readonly news?: string
  readonly problem?: string
}

/** The pages of the reset, with the element ids of B2C's own; one address for all of them. */
export const resetPage = (props: ResetPageProps): VNode => (
  <Page title={`Reset your password – ${props.tenant}`}>
    <h1>Reset your password</h1>
    <p>
      Of your {props.tenant} account, to go on to {props.application}.
    </p>
    <Problem text={props.problem} />
    {props.news !== undefined && props.problem === undefined && <p role="status">{props.news}</p>}
    <form id="attributeVerification" method="post">
      <Csrf token={props.csrf} />
      {FIELDS[props.at](props)}
      <button id="cancel" type="submit" name="action" value="cancel" formnovalidate>
        Cancel
      </button>
    </form>
  </Page>
)

const FIELDS = {
  email: ({ email, problem }) => (
    <>
      <label for="email">Email address</label>
      <input
        id="email"
        name="email"
        type="email"
        value={email}
        autocomplete="username"
        required
        autofocus={problem === undefined}
      />
      <button id="email_ver_but_send" class="main" type="submit" name="action" value="send">
        Send verification code
      </button>
    </>
  ),
  code: ({ email, problem, mailsPath }) => (
    <>
      <label for="email">Email address</label>
      <input id="email" name="email" type="email" value={email} autocomplete="username" readonly />
      <label for="email_ver_input">Verification code</label>
      <input
        id="email_ver_input"
        name="verificationCode"
        inputmode="numeric"
        autocomplete="one-time-code"
        required
        autofocus={problem === undefined}
      />
      {mailsPath !== undefined && (
        <p>
          A local stand-in: nothing was sent.{' '}
          <a href={mailsPath} target="_blank" rel="noreferrer">
            Read the mails here
          </a>
        </p>
      )}
      <button id="email_ver_but_verify" class="main" type="submit" name="action" value="verify">
        Verify code
      </button>
      <button id="email_ver_but_resend" type="submit" name="action" value="send" formnovalidate>
        Send new code
      </button>
      <button id="email_ver_but_edit" type="submit" name="action" value="edit" formnovalidate>
        Change e-mail
      </button>
    </>
  ),
  password: ({ problem }) => (
    <>
      <label for="newPassword">New password</label>
      <input
        id="newPassword"
        name="newPassword"
        type="password"
        autocomplete="new-password"
        required
        autofocus={problem === undefined}
      />
      <label for="reenterPassword">Confirm new password</label>
      <input
        id="reenterPassword"
        name="reenterPassword"
        type="password"
        autocomplete="new-password"
        required
      />
      <button id="continue" class="main" type="submit" name="action" value="continue">
        Continue
      </button>
    </>
  ),
} as const satisfies Record<ResetPageProps['at'], (props: ResetPageProps) => VNode>
