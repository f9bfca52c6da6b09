import { LatchkeyError } from '../../protocol/errors.ts'
import type { Site } from '../site.ts'
import type { SignIn } from '../store/records.ts'
import { hashOf, newId, newSecret } from '../tokens/secret.ts'
import { newProviderRequest, type Provider } from './provider.ts'
import {
  type ReturnAddress,
  readReturnAddress,
  readSignInRequest,
  type SignInRequest,
} from './request.ts'
import { returnError } from './return.ts'
import { awaited, type Onward, providerOf, takeStepBack } from './steps.ts'

/** The account page on which an invitation is accepted. */
export const INVITATION_PAGE_PATH = '/account/invitation'

export interface StartedSignIn {
  /** Where the browser goes next. */
  readonly to: string
  /** The secret of the browser's cookie, which binds the sign-in to it. */
  readonly browser: string
}

/**
 * Starts a sign-in: remembers the request, binds it to this browser, and sends the browser to the
 * provider (DESIGN §4 no. 2).
 *
 * @param browser the secret of the browser's cookie, if it has one already
 * @param invitation the link of an invitation that the browser opened, if it did
 * @throws LatchkeyError for the person, when it is not certain whose request it is
 */
export async function startSignIn(
  site: Site,
  query: URLSearchParams,
  providerName: string | undefined,
  browser: string = newSecret(),
  invitation?: string,
): Promise<StartedSignIn> {
  const address = readReturnAddress(
    query,
    site.settings.extensionRedirectUris,
    site.settings.url + site.settings.signinSuccess,
  )
  const named = providerName === undefined ? undefined : site.providers.named(providerName)
  if (providerName !== undefined && !named) {
    throw new LatchkeyError(
      'not_found',
      'There is no such provider here. Start the sign-in again without naming one.',
    )
  }
  try {
    const request = readSignInRequest(query, address)
    await checkDevice(site, request)
    const provider = named ?? site.providers.forHint(request.loginHint)
    const invitationId = invitedBy(site, address, invitation)
    return { to: await toProvider(site, request, provider, browser, invitationId), browser }
  } catch (error) {
    // A browser on the site itself has nobody to tell but the person.
    if (!(error instanceof LatchkeyError) || address.clientId === 'latchkey-web') throw error
    return { to: returnError(site, address, error.code, error.message), browser }
  }
}

/** Whoever signs in to accept an invitation, and for nothing else, comes with it. */
function invitedBy(
  { settings, links, clock }: Site,
  { clientId, redirectUri }: ReturnAddress,
  signed: string | undefined,
): string | undefined {
  const accepting =
    clientId === 'latchkey-web' && redirectUri === settings.url + INVITATION_PAGE_PATH
  if (!accepting || signed === undefined) return undefined
  const opened = links.open('invitation', signed, clock.now())
  return opened.kind === 'good' ? opened.link.subject : undefined
}

async function checkDevice(site: Site, { deviceId, jkt }: SignInRequest): Promise<void> {
  if (deviceId === null) return
  const device = await site.store.device(deviceId)
  if (!device || device.jkt !== jkt) {
    throw new LatchkeyError(
      'invalid_request',
      'This device is not registered here, or not with this key: register it again, then sign in.',
    )
  }
}

async function toProvider(
  site: Site,
  request: SignInRequest,
  provider: Provider,
  browser: string,
  invitationId: string | undefined,
): Promise<string> {
  const toProvider = newProviderRequest()
  const to = request.silent
    ? await provider.probeUrl(toProvider)
    : await provider.signInUrl(toProvider, request.loginHint)
  const signIn: SignIn = {
    id: newId('sgn'),
    createdAt: site.clock.now(),
    clientId: request.clientId,
    redirectUri: request.redirectUri,
    state: request.state,
    codeChallenge: request.codeChallenge,
    deviceId: request.deviceId,
    jkt: request.jkt,
    browserHash: hashOf(browser),
    provider: provider.settings.name,
    ...(invitationId === undefined ? {} : { invitationId }),
    step: request.silent
      ? { at: 'silent', stateHash: hashOf(toProvider.state) }
      : { at: 'provider', ...awaited(toProvider) },
  }
  await site.store.commit([{ table: 'signIn', put: signIn }])
  site.log.info({ signIn: signIn.id, client: signIn.clientId }, 'sign-in started')
  return to
}

/** Sends a person who has just reset their password to the provider once more, for the same sign-in. */
export async function signInAgain(
  site: Site,
  signIn: SignIn,
  loginHint: string | null,
): Promise<Onward> {
  const request = newProviderRequest()
  const to = await providerOf(site, signIn).signInUrl(request, loginHint ?? undefined)
  await takeStepBack(site, signIn, 'provider', request)
  return { to }
}
