import type { VNode } from 'preact'
import { SOCIAL_PROVIDERS } from '../social-providers.ts'
import { Contract, Message } from './contract.tsx'
import type { JourneyPageProps } from './journey-page.tsx'
import { Csrf, Page } from './page.tsx'

export interface SignInPageProps extends JourneyPageProps {
  /** B2C's id of the first field: `email` in user flows, `signInName` in custom policies. */
  readonly nameField: 'email' | 'signInName'
  /** Pre-filled, editable. */
  readonly email: string
  /** Where an account is made; `undefined` where the policy makes none. */
  readonly signUp: string | undefined
  /** Whether the person may ask for it. */
  readonly keepMeSignedIn: boolean
}

/** The sign-in page, with the element ids of B2C's own. Forms post to the page's address. */
export function signInPage(props: SignInPageProps): VNode {
  const { application, tenant, settings, nonce, nameField, email, refusal } = props
  const calm = refusal === undefined
  return (
    <Page title={`Sign in – ${tenant}`}>
      <Contract settings={settings} nonce={nonce}>
        <h1>Sign in</h1>
        <p>
          With your {tenant} account, to go on to {application}.
        </p>
        <Message element="claimVerificationServerError" refusal={refusal} pageLevel />
        <form id="localAccountForm" method="post">
          <Csrf token={settings.csrf} />
          <label for={nameField}>Email address</label>
          <input
            id={nameField}
            name={nameField}
            type="email"
            value={email}
            autocomplete="username"
            required
            autofocus={calm && email === ''}
          />
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
            autofocus={calm && email !== ''}
          />
          {props.keepMeSignedIn && (
            <label class="rememberMe">
              <input id="rememberMe" name="rememberMe" type="checkbox" value="true" />
              Keep me signed in
            </label>
          )}
          <button id="next" class="main" type="submit" name="action" value="next">
            Sign in
          </button>
          <button id="cancel" type="submit" name="action" value="cancel" formnovalidate>
            Cancel
          </button>
          <button
            id="forgotPassword"
            class="link"
            type="submit"
            name="action"
            value="forgot"
            formnovalidate
          >
            Forgot your password?
          </button>
        </form>
        {props.signUp !== undefined && (
          <p class="create">
            Don’t have an account?{' '}
            <a id="createAccount" href={props.signUp}>
              Sign up now
            </a>
          </p>
        )}
        <form method="post" aria-label="Social accounts">
          <Csrf token={settings.csrf} />
          {SOCIAL_PROVIDERS.map(({ exchange, name }) => (
            <button
              key={exchange}
              id={exchange}
              type="submit"
              name="claimsexchange"
              value={exchange}
            >
              Sign in with {name}
            </button>
          ))}
        </form>
      </Contract>
    </Page>
  )
}
