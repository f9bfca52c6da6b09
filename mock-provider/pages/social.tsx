import type { VNode } from 'preact'
import { Csrf, Page, Problem } from './page.tsx'

export interface SocialPageProps {
  /** `Google` */
  readonly provider: string
  readonly csrf: string
  readonly email: string
  readonly problem?: string
}

/** The page of the stand-in for a social provider; says that it is one. */
export const socialPage = (props: SocialPageProps): VNode => (
  <Page title={`Sign in with ${props.provider} (local stand-in)`}>
    <h1>Sign in with {props.provider}</h1>
    <p>A local stand-in: nothing leaves this machine.</p>
    <Problem text={props.problem} />
    <form method="post">
      <Csrf token={props.csrf} />
      <label for="email">Email address</label>
      <input id="email" name="email" type="email" value={props.email} autocomplete="off" required />
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="off" required />
      <button id="next" class="main" type="submit" name="action" value="next">
        Sign in
      </button>
      <button id="cancel" type="submit" name="action" value="cancel" formnovalidate>
        Cancel
      </button>
    </form>
  </Page>
)
