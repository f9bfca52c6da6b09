import type { VNode } from 'preact'
import type { OAuthError } from '../dialect/b2c/errors.ts'
import { Page } from './page.tsx'

/** An error that can't be sent to an application: the person, or rather its developer, reads it. */
export const failurePage = (failure: OAuthError): VNode => (
  <Page title="Sorry, but we’re having trouble signing you in">
    <h1>Sorry, but we’re having trouble signing you in.</h1>
    <pre id="error">{`${failure.error}\n${failure.error_description}`}</pre>
  </Page>
)
