import { interactionPolicy } from 'oidc-provider'
import type { Policy } from '../config.ts'

/** When a person is asked before an application gets its answer. */
export function whatToAsk({ journey }: Policy) {
  const policy = interactionPolicy.base()
  // `prompt=consent` may be asked for and changes nothing.
  policy.get('consent')?.checks.clear()
  // Whoever is led to the reset resets, whatever session there is.
  if (journey === 'reset') {
    policy
      .get('login')
      ?.checks.add(
        new interactionPolicy.Check(
          'reset_asked_for',
          'the password is to be reset',
          ({ oidc }) => !oidc.result?.login,
        ),
      )
  }
  return policy
}
