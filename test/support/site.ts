import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { type Clock, SystemClock, VirtualClock } from '../../clock/clock.ts'
import { RateLimits } from '../../idp/http/rate-limits.ts'
import { serve } from '../../idp/http/serve.ts'
import { openLinkKey } from '../../idp/links/link-key.ts'
import { outboxMailer } from '../../idp/mail/outbox.ts'
import { openEventKeys } from '../../idp/services/event-keys.ts'
import { Turns } from '../../idp/sessions/turns.ts'
import { readSettings, type Settings } from '../../idp/settings.ts'
import { Providers } from '../../idp/sign-in/provider.ts'
import type { Site } from '../../idp/site.ts'
import { openFileStore } from '../../idp/store/file-store.ts'
import type { Account, AuthorizationCode, Membership, User } from '../../idp/store/records.ts'
import type { Store } from '../../idp/store/store.ts'
import { hashOf, newSecret } from '../../idp/tokens/secret.ts'
import { openSigningKeys } from '../../idp/tokens/signing-keys.ts'
import { SiteWork } from '../../idp/work.ts'
import { ProofNonces } from '../../protocol/dpop/nonce.ts'
import { SeenProofs } from '../../protocol/dpop/seen.ts'

export const PROVIDER = {
  name: 'test',
  label: 'Test provider',
  issuer: 'http://localhost:9/',
  client_id: 'site',
  client_secret: 'site-secret',
}

/** A person with one open account, as every sign-in of these tests is by. */
export const ADA = {
  user: {
    id: 'usr_ada',
    identities: [{ issuer: PROVIDER.issuer, subject: 'ada' }],
    name: 'Ada',
    email: 'ada@example.test',
    createdAt: 0,
    signIns: 0,
    deleted: null,
    allEnded: null,
    loginsDisabled: null,
  } satisfies User,
  account: {
    id: 'acc_ada',
    name: 'Ada’s',
    createdAt: 0,
    subscription: {
      id: 'sub_ada',
      plan: 'pro',
      status: 'active',
      trialEndsAt: null,
      periodEndsAt: null,
    },
    closed: null,
  } satisfies Account,
  membership: {
    id: 'usr_ada:acc_ada',
    userId: 'usr_ada',
    accountId: 'acc_ada',
    role: 'owner',
    since: 0,
  } satisfies Membership,
}

export interface RunningSite {
  readonly site: Site
  readonly url: string
  readonly clock: VirtualClock
  readonly store: Store
  /** Everything the site wrote to its log so far. */
  readonly log: () => string
  readonly due: SiteWork
  close(): Promise<void>
}

/** Our site in this process, on a free port, with a store in a temporary folder and Ada in it. */
export async function startSite(
  environment: Readonly<Record<string, string>> = {},
  change: (settings: Settings) => Settings = (settings) => settings,
  makeProviders: (settings: Settings, clock: VirtualClock) => Providers = (settings, clock) =>
    new Providers(settings.providers, { url: settings.url, clock }),
): Promise<RunningSite> {
  const data = await mkdtemp(path.join(os.tmpdir(), 'latchkey-test-'))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings = change(
    readSettings({
      SITE_URL: url,
      DATA: data,
      // Tests are faster than people, and all of them come from one address.
      RATE_LIMITS: 'off',
      PROVIDERS: JSON.stringify([PROVIDER]),
      ...environment,
    }),
  )
  const clock = new VirtualClock(new SystemClock())
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const store = await openFileStore(data, {
    log: (sentence) => log.warn(sentence),
    onFailure: (error) => log.fatal(error.message),
  })
  await store.commit([
    { table: 'user', put: ADA.user },
    { table: 'account', put: ADA.account },
    { table: 'membership', put: ADA.membership },
  ])
  const site: Site = {
    settings,
    clock,
    store,
    keys: await openSigningKeys(data, settings.lifetimes),
    eventKeys: await openEventKeys(settings),
    links: await openLinkKey(data),
    mailer: outboxMailer(path.join(data, 'outbox')),
    providers: makeProviders(settings, clock),
    nonces: new ProofNonces(),
    seen: new SeenProofs(),
    turns: new Turns(),
    limits: new RateLimits(settings.rateLimits),
    log,
    ahead: () => clock.offset,
    hurry: () => due.poke(),
  }
  const due = new SiteWork(site, {
    failed: (error) => log.error(String(error)),
    jitter: () => 0,
  })
  serve(server, site)
  return {
    site,
    url,
    clock,
    store,
    due,
    log: () => lines.join(''),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await due.stop()
      await store.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** An authorization code as the end of a sign-in makes it, with the verifier that redeems it. */
export async function makeCode(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  given: Partial<AuthorizationCode> = {},
): Promise<{ code: string; codeVerifier: string; redirectUri: string }> {
  const code = `lkc_${newSecret()}`
  const codeVerifier = newSecret()
  const redirectUri = 'http://127.0.0.1:5000/callback'
  await store.commit([
    {
      table: 'code',
      put: {
        id: hashOf(code),
        createdAt: clock.now(),
        clientId: 'latchkey-desktop',
        redirectUri,
        codeChallenge: hashOf(codeVerifier),
        jkt: null,
        deviceId: null,
        userId: ADA.user.id,
        accountId: ADA.account.id,
        authTime: clock.now(),
        era: (await store.user(ADA.user.id))?.allEnded?.times ?? 0,
        purge: { outcome: 'proven', answer: 'login_required', at: Math.floor(clock.now() / 1000) },
        redeemed: null,
        ...given,
      },
    },
  ])
  return { code, codeVerifier, redirectUri }
}
