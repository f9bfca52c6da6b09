import type { RequestListener } from 'node:http'
import Koa from 'koa'
import type { Clock } from '../clock/clock.ts'
import type { Credentials } from './certificates/authority.ts'
import { leadsThroughSignIn } from './config/policy.ts'
import type { Policy, ProviderConfig } from './config.ts'
import { MAILS_PATH } from './control/calls.ts'
import { control } from './control/control.ts'
import type { Desk } from './control/desk.ts'
import { cookiesAcrossSites } from './cookie.ts'
import { b2cError } from './dialect/b2c/errors.ts'
import { metadata } from './dialect/b2c/metadata.ts'
import {
  authorityOf,
  authrespPath,
  type B2cPath,
  readPath,
  tenantDomain,
} from './dialect/b2c/paths.ts'
import { createEngine } from './engine.ts'
import { answerWithFaults } from './faults/answers.ts'
import { PLACES, type Place } from './faults/catalogue.ts'
import { Faults } from './faults/faults.ts'
import { LastSession, mayReuseCodes } from './faults/sessions.ts'
import { faultyKeys, loseIdToken, OTHER_ISSUER } from './faults/tokens.ts'
import { firstOf } from './form.ts'
import { SelfAsserted } from './journeys/asserted.ts'
import { endByScript } from './journeys/by-script.ts'
import { ProfileEdit } from './journeys/profile.ts'
import { Reset } from './journeys/reset.ts'
import { SignIn } from './journeys/sign-in.ts'
import { SignUp } from './journeys/sign-up.ts'
import { Social } from './journeys/social.ts'
import { Steps } from './journeys/steps.ts'
import { createKeys, type SigningKeys } from './keys.ts'
import { listen } from './listen.ts'
import type { Log } from './log.ts'
import { Logins } from './logins.ts'
import { logout } from './logout.ts'
import { Mails } from './mails.ts'
import { failurePage } from './pages/failure.tsx'
import { sendPage } from './pages/send.ts'
import { People } from './people.ts'
import { Store } from './store.ts'
import { Trail } from './trail.ts'
import { alsoTo, EngineReasons, noteAnswer } from './trail-of-answers.ts'

export interface ProviderOptions {
  readonly config: ProviderConfig
  /** Must tell the same time as this process's `Date`, which the engine reads. */
  readonly clock: Clock
  readonly log: Log
  /** Whether the control API answers. */
  readonly control: boolean
}

/** What a client is to be told of a policy. */
export interface ServedPolicy extends Pick<Policy, 'id' | 'journey'> {
  /** What its tokens say in `iss`. */
  readonly issuer: string
  /** What MSAL calls the authority; the metadata is at `/v2.0/.well-known/openid-configuration` below. */
  readonly authority: string
}

export interface Serving {
  readonly policies: readonly ServedPolicy[]
  /** Of the first policy that signs people in. */
  readonly issuer: string
  /** Of the first policy that resets passwords, if there is one. */
  readonly resetIssuer: string | undefined
  readonly faults: Faults
  /** The directory, as it is now. */
  readonly people: People
  /** How the next sign-in ends without a page, if it is scripted. */
  readonly logins: Logins
  /** What happened, and why what was refused was refused. */
  readonly trail: Trail
}

export interface ProviderServer extends Serving {
  /** For `node:http`. */
  readonly callback: RequestListener
}

export interface RunningProvider extends Serving {
  /** Its origin, with the port that it got. */
  readonly url: string
  close(): Promise<void>
}

/** How a provider is reached. */
export interface Reach {
  /** 0 for any free one. */
  readonly port: number
  /** The name in its addresses, which has to lead to this machine; `localhost` by default. */
  readonly host?: string | undefined
  /** Of https; left out, plain http is spoken. */
  readonly credentials?: Credentials | undefined
}

/**
 * Makes a provider and listens on this machine's loopback addresses.
 *
 * @throws StartError when the port can't be had.
 */
export async function startProvider(options: ProviderOptions & Reach): Promise<RunningProvider> {
  const keys = await createKeys()
  const { port, host = 'localhost', credentials } = options
  const listening = await listen(port, credentials)
  const { origin: url } = new URL(`${credentials ? 'https' : 'http'}://${host}:${listening.port}`)
  const { callback, ...server } = createProviderServer({ ...options, origin: url, keys })
  listening.answer(callback)
  return { url, ...server, close: listening.close }
}

/** The provider without a port: answers requests to `origin`. */
export function createProviderServer(
  options: ProviderOptions & { readonly origin: string; readonly keys: SigningKeys },
): ProviderServer {
  const { config, clock, origin } = options
  const trail = new Trail(clock)
  const log = alsoTo(trail, options.log)
  const faults = new Faults((fault) => trail.add({ event: 'fault', fault }))
  const keys = faultyKeys(options.keys, faults, clock)
  const lastSession = new LastSession(faults)
  const people = new People(config.people)
  const store = new Store(clock)
  const failed = (error: unknown) =>
    log('failed', { error: error instanceof Error ? (error.stack ?? error.message) : 'unknown' })
  const engines = config.policies.map((policy) =>
    createEngine({ origin, policy, config, people, store, keys, clock, faults, failed }),
  )
  const reasons = new EngineReasons()
  for (const engine of engines) {
    reasons.listenTo(engine.provider)
    mayReuseCodes(engine, faults)
  }
  const social = new Social(people, clock, authrespPath(config.tenant))
  const mails = new Mails(({ to }) => trail.add({ event: 'mail', person: to }))
  const steps = new Steps({ engines, config, clock, log })
  const asserted = new SelfAsserted(steps, clock)
  const mailsPath = options.control ? MAILS_PATH : undefined
  const reset = new Reset({ steps, asserted, people, mails, clock, mailsPath })
  const signUp = new SignUp({ steps, asserted, people, mails, clock, mailsPath })
  const profile = new ProfileEdit({ steps, asserted, people, clock })
  const signIn = new SignIn({ steps, asserted, people, social, reset, profile })

  const logins = new Logins()

  const app = new Koa()
  app.on('error', failed)

  app.use(async (ctx, next) => {
    ctx.set({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    // Another name would be another cookie jar; and no foreign name may lead here (DNS rebinding).
    if (ctx.host !== new URL(origin).host) {
      ctx.status = 421
      ctx.body = `This provider answers at ${origin} only.\n`
      return
    }
    await next()
  })
  if (origin.startsWith('https:')) app.use(cookiesAcrossSites)

  app.use(async (ctx) => {
    if (options.control && ctx.path.startsWith('/control/')) {
      return control(ctx, desk)
    }
    const path = readPath(ctx.path, firstOf(ctx.query.p), config)
    await answerWithFaults(
      ctx,
      placeOf(path),
      { faults, config, now: () => clock.now() },
      async () => {
        if (path?.kind === 'authresp' && ctx.method === 'GET') return signIn.returned(ctx)
        if (path?.kind === 'policy') return answer(ctx, path)
        if (path?.kind === 'unknown-policy') {
          const values = { policy: path.policy, tenant: tenantDomain(config.tenant) }
          return sendPage(ctx, failurePage(b2cError('AADB2C90022', clock.now(), values)), 404)
        }
        if (await social.answer(ctx)) return
        notFound(ctx)
      },
    )
    noteAnswer(ctx, path, trail, reasons)
  })

  async function answer(ctx: Koa.Context, path: B2cPath & { kind: 'policy' }): Promise<void> {
    const engine = engines.find(({ policy }) => policy === path.policy)
    if (!engine) return notFound(ctx)
    if (await endByScript(ctx, { engine, path, steps, logins, people })) return
    switch (path.endpoint) {
      case 'metadata':
        ctx.set('access-control-allow-origin', '*')
        ctx.body = metadata(
          faults.take('metadata-of-another-issuer') ? OTHER_ISSUER : engine.issuer,
          origin,
          path.base,
        )
        return
      case 'keys':
        ctx.set('access-control-allow-origin', '*')
        ctx.body = { keys: await keys.published() }
        return
      case 'signIn':
        return page(ctx, ctx.query.local === 'signup' ? signUp : signIn)
      case 'signUp':
        return page(ctx, signUp)
      case 'profile':
        return page(ctx, profile)
      case 'reset':
        return page(ctx, reset)
      case 'selfAsserted':
        return ctx.method === 'POST' ? asserted.post(ctx) : notFound(ctx)
      case 'signInConfirmed':
      case 'selfAssertedConfirmed':
        return ctx.method === 'GET' ? asserted.confirmed(ctx) : notFound(ctx)
      case 'logout':
        return logout(ctx, engine, { config, keys, faults, clock, log })
      case 'authorize':
        lastSession.recall(ctx, engine)
        await engine.authorize(ctx, path.base, path.tail)
        log('authorize', { method: ctx.method, status: ctx.status })
        return
      case 'token':
        await engine.token(ctx, path.base)
        loseIdToken(ctx, faults)
        log('token', { method: ctx.method, status: ctx.status })
        return
    }
  }

  async function page(
    ctx: Koa.Context,
    journey: SignIn | SignUp | ProfileEdit | Reset,
  ): Promise<void> {
    if (ctx.method === 'GET') return journey.show(ctx)
    if (ctx.method === 'POST') return journey.submit(ctx)
    notFound(ctx)
  }

  const policies = engines.map(({ policy: { id, journey }, issuer }) => ({
    id,
    journey,
    issuer,
    authority: authorityOf(origin, config.tenant, { id }),
  }))
  const desk: Desk = { clock, policies, people, logins, store, keys, mails, faults, trail }
  return {
    callback: app.callback(),
    policies,
    issuer: policies.find(leadsThroughSignIn)?.issuer ?? '',
    resetIssuer: policies.find(({ journey }) => journey === 'reset')?.issuer,
    faults,
    people,
    logins,
    trail,
  }
}

const placeOf = (path: B2cPath | undefined): Place => {
  if (path?.kind !== 'policy') return 'pages'
  return PLACES.find((place) => place === path.endpoint) ?? 'pages'
}

function notFound(ctx: Koa.Context): void {
  const error_description =
    'Nothing is served here. Addresses begin with the tenant and the policy, e.g. /{tenant}/B2C_1_signupsignin/v2.0/.well-known/openid-configuration.'
  sendPage(ctx, failurePage({ error: 'not_found', error_description }), 404)
}
