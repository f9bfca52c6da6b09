import { LatchkeyError } from '../../protocol/errors.ts'
import { signInDueAt } from '../lifetimes.ts'
import type { Site } from '../site.ts'
import type { AwaitedAnswer, SignIn, SignInStep } from '../store/records.ts'
import type { Write } from '../store/store.ts'
import { hashOf, sameHash } from '../tokens/secret.ts'
import type { Provider, ProviderRequest } from './provider.ts'

/** A browser that comes to us: what it brings back of what we gave it, and where it is. */
export interface Browser {
  /** What binds sign-ins under way to this browser: mostly one, or none. */
  readonly bindings: readonly string[]
  /** The session of a person who is signed in on the site itself. */
  readonly session: string | undefined
  /** Its network address, for the audit log. */
  readonly address: string | null
}

/** Where a browser goes next, and the session cookie it gets on the way, if any. */
export interface Onward {
  readonly to: string
  readonly session?: string
}

const startAgain = (what: string) =>
  new LatchkeyError('invalid_request', `${what} Go back to the app and start the sign-in again.`)

export const alreadyTaken = () => startAgain('This step of the sign-in was taken already.')

/**
 * The sign-in that a browser comes back with. It must be under way, in this very browser, and not
 * too old (RFC 9700 §4.7, ASVS 10.1.2).
 *
 * @throws LatchkeyError in words for the person
 */
export function checkUnderWay(
  site: Site,
  signIn: SignIn | undefined,
  { bindings }: Browser,
): SignIn {
  if (!signIn) throw startAgain('This sign-in is not known, or was used already.')
  // Firefox brings no cookie back to a flow without a window; but then nobody is signed in by it either.
  const bound = signIn.step.at !== 'silent'
  if (bound && !bindings.some((binding) => sameHash(signIn.browserHash, hashOf(binding)))) {
    throw startAgain('This sign-in was started in another browser.')
  }
  if (site.clock.now() >= signInDueAt(signIn)) {
    throw startAgain(`This sign-in took too long and is no longer valid.${unsure(signIn)}`)
  }
  return signIn
}

/** What to tell a person who may have changed the password, when we could not make sure. */
export const unsure = ({ step }: Pick<SignIn, 'step'>): string =>
  step.at === 'reset'
    ? ' If you changed your password, your devices are still signed in: end them on your account’s page.'
    : ''

export const noLongerOffered = () =>
  startAgain('The provider of this sign-in is no longer offered here.')

/** The provider of a sign-in; gone if the settings changed while it was under way. */
export function providerOf(site: Site, signIn: SignIn): Provider {
  const provider = site.providers.named(signIn.provider)
  if (!provider) throw noLongerOffered()
  return provider
}

/**
 * Takes the next step, once: whoever comes second with the same one is told that it was used.
 *
 * @param others what else is written together with the step
 */
export async function takeStep(
  site: Site,
  signIn: SignIn,
  step: SignInStep,
  others: readonly Write[] = [],
): Promise<void> {
  return write(site, signIn, { ...signIn, step }, others)
}

/** Takes a step back to the provider, once: the person proves themselves anew, and time begins anew. */
export async function takeStepBack(
  site: Site,
  signIn: SignIn,
  at: 'provider' | 'reset',
  request: ProviderRequest,
): Promise<void> {
  const step: SignInStep = { at, ...awaited(request) }
  return write(site, signIn, { ...signIn, askedAt: site.clock.now(), step }, [])
}

/** What is remembered of a request until its answer comes. */
export const awaited = ({ state, nonce, codeVerifier }: ProviderRequest): AwaitedAnswer => ({
  stateHash: hashOf(state),
  nonce,
  codeVerifier,
})

async function write(
  site: Site,
  was: SignIn,
  put: SignIn,
  others: readonly Write[],
): Promise<void> {
  const taken = await site.store.commit(
    [{ table: 'signIn', put }, ...others],
    [{ table: 'signIn', id: was.id, was }],
  )
  if (!taken) throw alreadyTaken()
}
