import type { JSX } from 'preact'
import type { PurgeOutcome } from '../../../protocol/purge-proof.ts'
import { Notice } from '../../../ui/notice.tsx'
import type { Demonstration as Shown } from '../../ipc/view.ts'
import { ask } from '../api.ts'

type Step = Shown['happened'][number]

/** What an app that signs people in inside itself gets: done, seen, and undone. */
export function Demonstration({ shown }: { readonly shown: Shown }): JSX.Element {
  const { busy, happened, failed } = shown
  const last = happened.at(-1)
  return (
    <>
      <p>
        <span class="badge">Demonstration</span>
      </p>
      <h1>Signing in inside the app</h1>
      <p>
        This is how not to do it. The provider’s page opens in a window of the app, which could read
        every key that you press there, and its cookies stay in the app. Your own sign-in to
        Latchkey has no part in it.
      </p>
      <div role="status">
        {failed && (
          <Notice tone="bad" title="That did not work">
            <p>The provider can’t be reached just now, or refused. Try again in a moment.</p>
          </Notice>
        )}
        {happened.length > 0 && (
          <ol class="plain">
            {happened.map((step, number) => (
              <li key={number}>
                <Happened step={step} />
              </li>
            ))}
          </ol>
        )}
      </div>
      <div class="row">
        <button
          type="button"
          class={isFooled(last) ? undefined : 'button'}
          disabled={busy}
          onClick={ask(window.latchkey.demonstrateSignIn)}
        >
          {last ? 'Sign in once more' : 'Sign in inside the app'}
        </button>
        {last && (
          <button
            type="button"
            class={isFooled(last) ? 'button' : undefined}
            disabled={busy}
            onClick={ask(window.latchkey.demonstratePurge)}
          >
            Purge, and prove it
          </button>
        )}
      </div>
      <button
        type="button"
        class="quiet"
        disabled={busy}
        onClick={ask(window.latchkey.leaveDemonstration)}
      >
        Leave the demonstration
      </button>
    </>
  )
}

const isFooled = (last: Step | undefined) => last?.step === 'sign_in' && !last.asked

const PROOF = {
  proven: ['good', 'Proven: the next person is asked'],
  sticky: ['warn', 'Not proven: your provider may sign someone in without asking'],
  unknown: ['warn', 'Not proven: the provider did not say'],
} as const satisfies Record<PurgeOutcome, readonly ['good' | 'warn', string]>

function Happened({ step }: { readonly step: Step }): JSX.Element {
  if (step.step === 'sign_in') {
    return step.asked ? (
      <Notice tone="good" title={`${step.name} signed in, and was asked`}>
        <p class="secondary">A page of the provider’s was drawn, and somebody answered it.</p>
      </Notice>
    ) : (
      <Notice tone="bad" title={`${step.name} was signed in, and nobody was asked`}>
        <p class="secondary">
          No page was drawn: the cookie of the last sign-in was enough. Whoever holds the app now is{' '}
          {step.name} to it.
        </p>
      </Notice>
    )
  }
  const { removed, left, outcome, answer } = step
  const [tone, title] = PROOF[outcome]
  return (
    <Notice tone={tone} title={title}>
      <p class="secondary">
        Cookies removed: {removed}; still there when we looked again: {left}. Storage was cleared
        and written to disk. Then the provider was asked in silence, in the same window’s jar, and
        said <code>{answer}</code>.
      </p>
    </Notice>
  )
}
