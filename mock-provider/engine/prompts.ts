import { interactionPolicy } from 'oidc-provider'
import { leadsThroughSignIn } from '../config/policy.ts'
import type { Policy } from '../config.ts'

/** The reason to ask somebody who is signed in: the journey is the point of it. */
export const JOURNEY_ASKED_FOR = 'journey_asked_for'

/** When a person is asked before an application gets its answer. */
export function whatToAsk(asking: Pick<Policy, 'journey'>) {
  const policy = interactionPolicy.base()
  // `prompt=consent` may be asked for and changes nothing.
  policy.get('consent')?.checks.clear()
  // Whoever is led to a reset, say, resets, whatever session there is.
  if (!leadsThroughSignIn(asking)) {
    policy
      .get('login')
      ?.checks.add(
        new interactionPolicy.Check(
          JOURNEY_ASKED_FOR,
          'the journey is to be gone through',
          ({ oidc }) => !oidc.result?.login,
        ),
      )
  }
  return policy
}
