import type { VNode } from 'preact'
import { SOCIAL_PROVIDERS } from '../social-providers.ts'
import { Csrf, Page, Problem } from './page.tsx'

export interface SignInPageProps {
  /** The application's name. */
  readonly application: string
  readonly tenant: string
  readonly csrf: string
  /** Pre-filled, editable. */
  readonly email: string
  readonly problem?: string
}

/** The sign-in page, with the element ids of B2C's own. Forms post to the page's address. */
export function signInPage(props: SignInPageProps): VNode {
  const { application, tenant, csrf, email, problem } = props
  const calm = problem === undefined
  return (
    <Page title={`Sign in – ${tenant}`}>
      <h1>Sign in</h1>
      <p>
        With your {tenant} account, to go on to {application}.
      </p>
      <Problem text={problem} />
      <form id="localAccountForm" method="post">
        <Csrf token={csrf} />
        <label for="email">Email address</label>
        <input
          id="email"
          name="email"
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
      <form method="post" aria-label="Social accounts">
        <Csrf token={csrf} />
        {SOCIAL_PROVIDERS.map(({ exchange, name }) => (
          <button key={exchange} id={exchange} type="submit" name="claimsexchange" value={exchange}>
            Sign in with {name}
          </button>
        ))}
      </form>
    </Page>
  )
}
