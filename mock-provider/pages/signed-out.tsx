import type { VNode } from 'preact'
import { Page } from './page.tsx'

export const signedOutPage = (): VNode => (
  <Page title="Signed out">
    <SignedOut />
  </Page>
)

export interface SigningOutProps {
  readonly nonce: string
  /** The other applications' addresses, each fetched in a frame that nobody sees. */
  readonly frames: readonly string[]
  /** Where it goes on once they were fetched; `undefined`: nowhere. */
  readonly to: string | undefined
}

/** Tells the other applications by frames, and then goes on by itself. */
export const signingOutPage = ({ nonce, frames, to }: SigningOutProps): VNode => (
  <Page title="Signed out">
    <SignedOut />
    {frames.map((frame) => (
      <iframe key={frame} src={frame} title="Signing out elsewhere" hidden />
    ))}
    {to !== undefined && (
      <>
        <p>
          <a id="continue" href={to}>
            Continue
          </a>
        </p>
        <script nonce={nonce} dangerouslySetInnerHTML={{ __html: GO_ON }} />
      </>
    )}
  </Page>
)

const SignedOut = (): VNode => (
  <>
    <h1>Signed out</h1>
    <p>You have successfully signed out.</p>
  </>
)

/** An application that doesn't answer holds nobody up. */
const LONGEST = 3_000

const GO_ON = `
const goOn = () => location.replace(document.getElementById('continue').href)
addEventListener('load', goOn)
setTimeout(goOn, ${LONGEST})
`
