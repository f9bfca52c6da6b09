import { cookieUrl } from '../../client/cookie-url.ts'
import { codeChallenge, randomText } from '../../client/random.ts'
import type { Moment } from '../../clock/moment.ts'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { PURGE_OUTCOMES, type PurgeOutcome } from '../../protocol/purge-proof.ts'
import type { Configuration } from '../configuration.ts'
import { browser, type Cookies } from '../platform.ts'
import type { PurgeReport } from '../view.ts'
import { weigh } from './purge-evidence.ts'
import { redirectUri, silentFlow, silentFlowBringsCookies } from './web-auth-flow.ts'

/**
 * Removes the provider's cookies, one by one, looks again, and asks the provider by way of the site and in
 * the same cookie jar whether it still knows somebody (DESIGN §4 no. 5). Other sites' cookies are not
 * touched.
 *
 * @param site what the site's own probe said, if somebody is signed in
 */
export async function purge(
  configuration: Configuration,
  site: PurgeOutcome | undefined,
  now: () => Moment,
): Promise<PurgeReport> {
  const before = await providerCookies(configuration)
  for (const cookie of before) await remove(cookie)
  // What remove answers means nothing in Chromium, so look again (docs/extension.md).
  const left = await providerCookies(configuration)
  const counts = { removed: before.length - left.length, left: left.length }
  const outcome = weigh({
    ...counts,
    probe: await probe(configuration.site),
    probeBroughtCookies: silentFlowBringsCookies(),
    site,
  })
  return { ...counts, outcome, at: now() }
}

/** All of them: path-scoped, secure and partitioned ones too. */
async function providerCookies({ site, providerHosts }: Configuration): Promise<Cookies.Cookie[]> {
  const ours = new URL(site).hostname
  const found = await Promise.all(
    providerHosts
      // Cookies know no ports: those of a provider that shares our host can't be told from our own.
      .filter((host) => host !== ours)
      .map((domain) => browser.cookies.getAll({ domain, partitionKey: {} })),
  )
  return found.flat()
}

async function remove(cookie: Cookies.Cookie): Promise<void> {
  await browser.cookies.remove({
    url: cookieUrl(cookie),
    name: cookie.name,
    storeId: cookie.storeId,
    ...(cookie.partitionKey ? { partitionKey: cookie.partitionKey } : {}),
  })
}

/** `prompt=none`: the site leads to the provider and back, signs nobody in, and says what it heard. */
async function probe(site: string): Promise<PurgeOutcome> {
  const state = randomText()
  const url = new URL(ADDRESSES.signIn, site)
  url.search = new URLSearchParams({
    client_id: 'latchkey-extension',
    response_type: 'code',
    redirect_uri: redirectUri(),
    prompt: 'none',
    state,
    code_challenge: await codeChallenge(randomText()),
    code_challenge_method: 'S256',
  }).toString()
  const answer = (await silentFlow(url.href))?.searchParams
  if (answer?.get('state') !== state || answer.get('iss') !== site) return 'unknown'
  return PURGE_OUTCOMES.find((outcome) => outcome === answer.get('purge')) ?? 'unknown'
}
