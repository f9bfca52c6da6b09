import type { VNode } from 'preact'
import { Page } from './page.tsx'

export const signedOutPage = (): VNode => (
  <Page title="Signed out">
    <h1>Signed out</h1>
    <p>You have successfully signed out.</p>
  </Page>
)
