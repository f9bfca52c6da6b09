import { type Duration, fromHttpDate, SECOND } from '../clock/moment.ts'
import { ADDRESSES, IDEMPOTENCY_KEY } from '../protocol/addresses.ts'
import type { DeviceRegistration } from '../protocol/devices.ts'
import type { DeviceKey } from '../protocol/dpop/key.ts'
import { fromErrorBody } from '../protocol/error-body.ts'
import type { LatchkeyError } from '../protocol/errors.ts'
import { isReason } from '../protocol/reasons.ts'
import type { PendingSignIn } from './held.ts'
import { NONCE_HEADER, type ProvenHttp } from './proven-http.ts'
import type { ServerTime } from './server-time.ts'

/** A request to the site that takes longer has failed; real time. */
export const SITE_TIMEOUT: Duration = 10 * SECOND

/** What a call to the site comes to. */
export type SiteAnswer =
  /** 2xx, and certainly from the site. `body` is not yet checked. */
  | { readonly kind: 'answer'; readonly body: unknown }
  /** The site's explicit word. */
  | {
      readonly kind: 'refused'
      readonly error: LatchkeyError
      readonly retryAfter: Duration | undefined
    }
  /** No network, too slow, overloaded, or somebody else answered: nothing is known. */
  | {
      readonly kind: 'unreachable'
      readonly why: string
      readonly retryAfter: Duration | undefined
    }

/** The calls to the site, each with a proof of the device key. Never throws: see {@link SiteAnswer}. */
export class Site {
  readonly issuer: string
  readonly #clientId: string
  readonly #http: ProvenHttp
  readonly #serverTime: ServerTime

  constructor(issuer: string, clientId: string, http: ProvenHttp, serverTime: ServerTime) {
    this.issuer = issuer
    this.#clientId = clientId
    this.#http = http
    this.#serverTime = serverTime
  }

  /** The address under the issuer, e.g. for the browser. */
  address(name: keyof typeof ADDRESSES): string {
    return this.issuer.replace(/\/$/, '') + ADDRESSES[name]
  }

  register(key: DeviceKey, device: DeviceRegistration): Promise<SiteAnswer> {
    return this.#post('devices', key, JSON.stringify(device), {
      'content-type': 'application/json',
    })
  }

  /** Redeems a code (RFC 6749 §4.1.3). The same attempt again gets the identical answer. */
  redeem(key: DeviceKey, pending: PendingSignIn, redeem: { code: string; attempt: string }) {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: redeem.code,
      redirect_uri: pending.redirectUri,
      client_id: this.#clientId,
      code_verifier: pending.codeVerifier,
    })
    return this.#post('token', key, form, { [IDEMPOTENCY_KEY]: redeem.attempt })
  }

  refresh(key: DeviceKey, refreshToken: string, attempt: string): Promise<SiteAnswer> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: this.#clientId,
    })
    return this.#post('refresh', key, form, { [IDEMPOTENCY_KEY]: attempt })
  }

  revoke(key: DeviceKey, refreshToken: string): Promise<SiteAnswer> {
    const form = new URLSearchParams({
      token: refreshToken,
      token_type_hint: 'refresh_token',
      client_id: this.#clientId,
    })
    return this.#post('revoke', key, form, {})
  }

  async #post(
    name: keyof typeof ADDRESSES,
    key: DeviceKey,
    body: string | URLSearchParams,
    headers: Record<string, string>,
  ): Promise<SiteAnswer> {
    try {
      const request = new Request(this.address(name), {
        method: 'POST',
        headers: { accept: 'application/json', ...headers },
        body,
        // The site never redirects these; whoever does is a captive portal.
        redirect: 'error',
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(SITE_TIMEOUT),
      })
      return await this.#read(await this.#http.send(request, key))
    } catch (error) {
      return { kind: 'unreachable', why: nameOf(error), retryAfter: undefined }
    }
  }

  async #read(answer: Response): Promise<SiteAnswer> {
    const now = fromHttpDate(answer.headers.get('Date'))
    const retryAfter = readRetryAfter(answer.headers.get('Retry-After'), now)
    const text = await answer.text()
    // Every answer of the site carries a nonce: what has none is a portal's or a gateway's, and
    // neither its time nor its word means anything.
    if (!answer.headers.has(NONCE_HEADER)) {
      return { kind: 'unreachable', why: `not_the_site_${answer.status}`, retryAfter }
    }
    if (now !== undefined) this.#serverTime.observe(now)
    const body = parseJson(text)
    if (answer.ok) return { kind: 'answer', body }
    const error = fromErrorBody(withoutUnknownReason(body))
    const overloaded = answer.status >= 500 || answer.status === 429
    if (overloaded || !error) {
      return { kind: 'unreachable', why: `status_${answer.status}`, retryAfter }
    }
    return { kind: 'refused', error, retryAfter }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A newer site may know reasons that this client does not: its word still counts. */
function withoutUnknownReason(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('reason' in body)) return body
  if (isReason(body.reason)) return body
  const { reason: _, ...rest } = body
  return rest
}

/** RFC 9110 §10.2.3: seconds, or a date, which is measured against the server's own. */
function readRetryAfter(header: string | null, now: number | undefined): Duration | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND
  const at = fromHttpDate(header)
  return at === undefined || now === undefined ? undefined : Math.max(0, at - now)
}

/** Enough for a log: names and codes; a message might hold an address with a query. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause } = error
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined
  return code === undefined ? error.name : `${error.name}_${code}`
}
