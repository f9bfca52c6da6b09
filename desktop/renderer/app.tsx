import type { JSX } from 'preact'
import { ClockBadge } from '../../ui/clock-badge.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Problem } from '../../ui/person/problem.tsx'
import { SignedOut } from '../../ui/person/signed-out.tsx'
import { troubleInWords } from '../ipc/troubles.ts'
import type { View } from '../ipc/view.ts'
import { ask } from './api.ts'
import { Demonstration } from './screens/demonstration.tsx'
import { SignedIn } from './screens/signed-in.tsx'
import { SigningIn } from './screens/signing-in.tsx'

/** The whole window. */
export function App({ view }: { readonly view: View }): JSX.Element {
  return (
    <>
      <header class="top">
        <span class="name">Latchkey</span>
        <ClockBadge ahead={view.ahead} />
      </header>
      <main id="main">
        {view.demonstration ? (
          <Demonstration shown={view.demonstration} />
        ) : (
          <>
            <Memory view={view} />
            <Problem problem={view.problem} signIn={signIn} />
            <Screen view={view} />
          </>
        )}
      </main>
    </>
  )
}

function Screen({ view }: { readonly view: View }): JSX.Element | null {
  const { person } = view
  switch (person.at) {
    case 'starting':
      return null
    case 'signed_out':
      return (
        <SignedOut ended={person.ended} signIn={signIn}>
          Your browser opens for it. You come back here by yourself.
        </SignedOut>
      )
    case 'signing_in':
      return <SigningIn person={person} />
    case 'signed_in':
    case 'offline':
      return <SignedIn view={view} person={person} />
  }
}

/** Nothing can be kept: said on every screen, for as long as it is so. */
function Memory({ view: { kept } }: { readonly view: View }): JSX.Element | null {
  if (kept?.in !== 'memory') return null
  const { title, sentence } = troubleInWords(kept.trouble)
  return (
    <Notice tone="warn" title={title}>
      <p>{sentence}</p>
      <div class="row">
        <button type="button" onClick={ask(window.latchkey.tryKeychain)}>
          Try again
        </button>
      </div>
    </Notice>
  )
}

const signIn = ask(() => window.latchkey.signIn('loopback'))
