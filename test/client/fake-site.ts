import { type Clock, VirtualClock } from '../../clock/clock.ts'
import { DAY, HOUR, type Moment, SECOND, toHttpDate, toSeconds } from '../../clock/moment.ts'
import { CLAIMS_CHANGED, claimsAreStale } from '../../protocol/claims-changed.ts'
import { checkProof } from '../../protocol/dpop/check.ts'
import { ProofNonces } from '../../protocol/dpop/nonce.ts'
import { SeenProofs } from '../../protocol/dpop/seen.ts'
import { toErrorBody } from '../../protocol/error-body.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { Actor, Reason } from '../../protocol/reasons.ts'

export const ISSUER = 'http://site.test'
export const SERVICE = 'http://service.test'

interface FakeAccess {
  readonly token: string
  readonly endsAt: Moment
  /** The account that it names. */
  readonly account: string
}

export interface FakeSession {
  readonly id: string
  readonly jkt: string
  current: string
  confirmed: boolean
  previous:
    | { token: string; attempt: string | null; answer: string; at: Moment; access: FakeAccess }
    | undefined
  readonly displaced: Set<string>
  access: FakeAccess
  account: string
  refreshedAt: Moment
  ended: { reason: Reason; actor: Actor; at: Moment } | undefined
}

interface FakeCode {
  readonly code: string
  readonly redirectUri: string
  readonly challenge: string
  readonly jkt: string
  redeemed: { attempt: string | null; answer: string; session: FakeSession } | undefined
}

/** What befalls one request on its way. */
export type Fault =
  | 'none'
  | 'request_lost'
  | 'answer_lost'
  | 'unavailable'
  | 'too_many'
  | 'portal'
  | 'portal_json'
  | 'bad_proof'

/**
 * The site and a service, played in memory by the table of DESIGN §6: rotation, replay of an attempt,
 * 409, reuse, deadlines. Proofs and nonces are the real ones.
 */
export class FakeSite {
  readonly clock: Clock
  readonly nonces = new ProofNonces()
  readonly seen = new SeenProofs()
  readonly devices = new Map<string, string>()
  readonly codes = new Map<string, FakeCode>()
  readonly sessions = new Map<string, FakeSession>()
  readonly calls: { path: string; attempt: string | null; token: string | null }[] = []
  /** Asked once for each request that arrives at a network card. */
  fault: (path: string) => Fault | Promise<Fault> = () => 'none'
  /** A service that refuses whatever it is shown. */
  stubborn = false
  sendsDate = true
  plan = 'team'
  /** When claims became others than older tokens say; told with each answer to such a token. */
  claimsChangedAt: Moment | undefined
  /** A service that says so whatever it is shown. */
  alarm: (() => number) | undefined
  refuses: { error: string; description: string; reason?: Reason } | undefined
  rotations = 0
  #count = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** The Http port. */
  readonly http = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const fault = await this.fault(pathname)
    if (request.signal.aborted) throw request.signal.reason
    if (fault === 'request_lost') throw new TypeError('fetch failed')
    if (fault === 'portal') {
      return new Response('<h1>Welcome to the hotel</h1>', {
        headers: { 'content-type': 'text/html', date: toHttpDate(this.clock.now() + 400 * DAY) },
      })
    }
    if (fault === 'portal_json') {
      return Response.json({ error: 'invalid_grant', reason: 'signed_out' }, { status: 400 })
    }
    if (fault === 'unavailable') return this.#answer(new Response('busy', { status: 503 }))
    if (fault === 'too_many') {
      const headers = { 'retry-after': '30' }
      return this.#answer(Response.json({ error: 'server_error' }, { status: 429, headers }))
    }
    if (fault === 'bad_proof') {
      return this.#answer(this.#error(new LatchkeyError('invalid_dpop_proof', 'No.')))
    }
    const answer = await this.#handle(request)
    // The answer that matters, not the one that only asks for a nonce.
    if (fault === 'answer_lost' && answer.ok) throw new TypeError('network changed')
    return answer
  }

  /** Plays the person in the browser: where the browser is sent back to. */
  signIn(url: string): string {
    const query = new URL(url).searchParams
    const back = new URL(query.get('redirect_uri') ?? '')
    const jkt = query.get('dpop_jkt') ?? ''
    const back_ = (parameters: Record<string, string>) => {
      for (const [name, value] of Object.entries(parameters)) back.searchParams.set(name, value)
      back.searchParams.set('state', query.get('state') ?? '')
      back.searchParams.set('iss', ISSUER)
      return back.href
    }
    if (this.refuses) {
      const { error, description, reason } = this.refuses
      return back_({ error, error_description: description, ...(reason ? { reason } : {}) })
    }
    if (this.devices.get(query.get('device_id') ?? '') !== jkt) {
      return back_({ error: 'invalid_request', error_description: 'This device is not known.' })
    }
    const code = this.#name('code')
    const challenge = query.get('code_challenge') ?? ''
    const redirectUri = query.get('redirect_uri') ?? ''
    this.codes.set(code, { code, redirectUri, challenge, jkt, redeemed: undefined })
    return back_({ code })
  }

  end(reason: Reason, actor: Actor = 'user'): void {
    for (const session of this.sessions.values()) {
      session.ended ??= { reason, actor, at: this.clock.now() }
    }
  }

  get alive(): FakeSession[] {
    return [...this.sessions.values()].filter((session) => !session.ended)
  }

  async #handle(request: Request): Promise<Response> {
    const { pathname, origin } = new URL(request.url)
    try {
      const answer =
        origin === SERVICE ? await this.#service(request) : await this.#site(pathname, request)
      this.#tellOfChange(answer, request)
      return this.#answer(answer)
    } catch (error) {
      if (error instanceof LatchkeyError) return this.#answer(this.#error(error, origin))
      throw error
    }
  }

  async #site(pathname: string, request: Request): Promise<Response> {
    const attempt = request.headers.get('idempotency-key')
    if (pathname === '/me') return this.#me(request)
    if (pathname === '/me/account') return this.#switch(request)
    const text = await request.text()
    const form = new URLSearchParams(text)
    const token = form.get('refresh_token') ?? form.get('token') ?? form.get('code')
    const { jkt } = await this.#proof(request)
    this.calls.push({ path: pathname, attempt, token })
    switch (pathname) {
      case '/devices': {
        const known = [...this.devices].find(([, key]) => key === jkt)?.[0]
        const id = known ?? this.#name('device')
        this.devices.set(id, jkt)
        return Response.json({ device_id: id }, { status: 201 })
      }
      case '/token':
        return this.#token(form, jkt, attempt)
      case '/refresh':
        return this.#refresh(form.get('refresh_token') ?? '', jkt, attempt)
      case '/revoke': {
        const session = this.#holderOf(token ?? '')
        if (session) {
          session.ended ??= { reason: 'signed_out', actor: 'user', at: this.clock.now() }
        }
        return new Response(null, { status: 200 })
      }
      default:
        throw new LatchkeyError('not_found', 'Nothing lives here.')
    }
  }

  async #token(form: URLSearchParams, jkt: string, attempt: string | null): Promise<Response> {
    const code = this.codes.get(form.get('code') ?? '')
    const verifier = new TextEncoder().encode(form.get('code_verifier') ?? '')
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', verifier)).toString('base64url')
    if (
      !code ||
      code.jkt !== jkt ||
      code.challenge !== hash ||
      code.redirectUri !== form.get('redirect_uri')
    ) {
      throw new LatchkeyError('invalid_grant', 'This code is not known.')
    }
    if (code.redeemed) {
      if (code.redeemed.attempt === attempt) return json(code.redeemed.answer)
      code.redeemed.session.ended = {
        reason: 'reuse_detected',
        actor: 'system',
        at: this.clock.now(),
      }
      throw new LatchkeyError('invalid_grant', 'This code was used before.')
    }
    const session: FakeSession = {
      id: this.#name('session'),
      jkt,
      current: '',
      confirmed: false,
      previous: undefined,
      displaced: new Set(),
      access: { token: '', endsAt: 0, account: '' },
      account: 'acme',
      refreshedAt: 0,
      ended: undefined,
    }
    this.sessions.set(session.id, session)
    const answer = this.#issue(session)
    code.redeemed = { attempt, answer, session }
    return json(answer)
  }

  #refresh(token: string, jkt: string, attempt: string | null): Response {
    const session = this.#holderOf(token)
    if (!session) throw new LatchkeyError('invalid_grant', 'This refresh token is not known here.')
    if (session.jkt !== jkt) throw this.#ended(session, 'device_mismatch')
    if (!session.ended && this.clock.now() >= session.refreshedAt + 14 * DAY) {
      throw this.#ended(session, 'idle_expired')
    }
    if (session.ended) throw this.#ended(session, session.ended.reason)
    const { previous } = session
    if (session.current !== token && previous?.token === token) {
      if (attempt !== null && previous.attempt === attempt && !session.confirmed) {
        return json(previous.answer)
      }
      if (this.clock.now() - previous.at < 10 * SECOND) {
        throw new LatchkeyError('refresh_in_progress', 'Look again.', { retryAfter: 1 })
      }
      if (session.confirmed) throw this.#ended(session, 'reuse_detected')
      session.displaced.add(session.current)
    } else if (session.displaced.has(token)) {
      throw new LatchkeyError('invalid_grant', 'Superseded.', {
        reason: 'superseded',
        actor: 'system',
        at: this.clock.now(),
      })
    } else if (session.current !== token) {
      throw this.#ended(session, 'reuse_detected')
    }
    this.rotations += 1
    const { access } = session
    const answer = this.#issue(session)
    session.previous = { token, attempt, answer, at: this.clock.now(), access }
    return json(answer)
  }

  #issue(session: FakeSession): string {
    const now = this.clock.now()
    session.current = `${session.id}.${this.#name('refresh')}`
    session.confirmed = false
    session.access = {
      token: `${session.id}.${this.#name('access')}`,
      endsAt: now + HOUR,
      account: session.account,
    }
    session.refreshedAt = now
    return JSON.stringify({
      access_token: session.access.token,
      token_type: 'DPoP',
      expires_in: HOUR / SECOND,
      refresh_token: session.current,
      issued_at: toSeconds(now),
      session_id: session.id,
    })
  }

  async #me(request: Request): Promise<Response> {
    const { session } = await this.#access(request)
    const now = toSeconds(this.clock.now())
    return Response.json({
      user: { id: 'ada', name: 'Ada', email: null },
      account: accountClaim(session.account),
      subscription: {
        id: 's',
        plan: this.plan,
        status: 'active',
        trial_ends_at: null,
        period_ends_at: null,
      },
      device: null,
      session: {
        id: session.id,
        signed_in_at: now,
        refreshed_at: toSeconds(session.refreshedAt),
        idle_ends_at: toSeconds(session.refreshedAt + 14 * DAY),
        absolute_ends_at: now + (180 * DAY) / SECOND,
        purge: null,
      },
    })
  }

  async #switch(request: Request): Promise<Response> {
    const { session } = await this.#access(request.clone())
    this.calls.push({ path: '/me/account', attempt: null, token: null })
    const { account_id } = await request.json()
    if (!['acme', 'home'].includes(account_id)) {
      throw new LatchkeyError('access_denied', 'This is no open account of yours.')
    }
    session.account = account_id
    return Response.json({ account: accountClaim(account_id), refresh: 'now' })
  }

  async #service(request: Request): Promise<Response> {
    if (this.stubborn) throw new LatchkeyError('invalid_token', 'I believe nobody.')
    const { session, account } = await this.#access(request)
    return Response.json({ session: session.id, account, body: await request.text() })
  }

  async #access(request: Request): Promise<{ session: FakeSession; account: string }> {
    const token = /^DPoP (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    const session = this.#holderOf(token)
    // The one before is good to its end, too.
    const access = [session?.access, session?.previous?.access].find((one) => one?.token === token)
    if (!session || !access || session.ended || this.clock.now() >= access.endsAt) {
      throw new LatchkeyError('invalid_token', 'Expired.')
    }
    // A service knows no more than the token says.
    const atSite = new URL(request.url).origin === ISSUER
    if (atSite && access.account !== session.account) {
      throw new LatchkeyError('invalid_token', 'It acts for another account now.')
    }
    await this.#proof(request, token)
    if (access === session.access) session.confirmed = true
    return { session, account: access.account }
  }

  #proof(request: Request, accessToken?: string) {
    const { method, url } = request
    const header = request.headers.get('dpop')
    const { nonces, seen } = this
    const headers = header === null ? [] : [header]
    return checkProof({ headers, method, url, now: this.clock.now(), nonces, seen, accessToken })
  }

  #holderOf(token: string): FakeSession | undefined {
    return this.sessions.get(token.split('.')[0] ?? '')
  }

  #ended(session: FakeSession, reason: Reason): LatchkeyError {
    session.ended ??= { reason, actor: 'system', at: this.clock.now() }
    return new LatchkeyError('invalid_grant', 'It has ended.', session.ended)
  }

  #error(error: LatchkeyError, origin = ISSUER): Response {
    const service = origin === SERVICE
    const status = service || error.code === 'invalid_token' ? 401 : error.status
    const headers: Record<string, string> = {}
    if (service) headers['www-authenticate'] = `Bearer, DPoP error="${error.code}", algs="ES256"`
    if (error.retryAfter !== undefined) headers['retry-after'] = String(error.retryAfter)
    return Response.json(toErrorBody(error), { status, headers })
  }

  #tellOfChange(answer: Response, request: Request): void {
    const session = this.#holderOf(
      /^DPoP (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? '',
    )
    if (!session) return
    const issuedAt = toSeconds(session.access.endsAt - HOUR)
    const { claimsChangedAt, alarm } = this
    if (alarm && new URL(request.url).origin === SERVICE) {
      answer.headers.set(CLAIMS_CHANGED, String(alarm()))
    } else if (claimsChangedAt !== undefined && claimsAreStale(issuedAt, claimsChangedAt)) {
      answer.headers.set(CLAIMS_CHANGED, String(toSeconds(claimsChangedAt)))
    }
  }

  #answer(answer: Response): Response {
    answer.headers.set('dpop-nonce', this.nonces.issue(this.clock.now()))
    if (this.sendsDate) answer.headers.set('date', toHttpDate(this.clock.now()))
    return answer
  }

  #name(kind: string): string {
    this.#count += 1
    return `${kind}-${this.#count}`
  }
}

const accountClaim = (id: string) => ({ id, name: id === 'acme' ? 'Acme' : 'Home', role: 'owner' })

const json = (text: string): Response =>
  new Response(text, { headers: { 'content-type': 'application/json' } })

/** A wall clock that somebody has set wrong; monotonic time is right. */
export class SkewedClock extends VirtualClock {
  skew = 0
  override now(): Moment {
    return super.now() + this.skew
  }
}
