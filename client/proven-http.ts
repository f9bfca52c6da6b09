import * as v from 'valibot'
import type { Clock } from '../clock/clock.ts'
import type { DeviceKey } from '../protocol/dpop/key.ts'
import { createProof } from '../protocol/dpop/proof.ts'
import { ErrorBody } from '../protocol/error-body.ts'
import type { Http } from './ports.ts'
import type { ServerTime } from './server-time.ts'

export const NONCE_HEADER = 'DPoP-Nonce'

/** Sends requests with a proof of the device key (RFC 9449), and knows each server's last nonce. */
export class ProvenHttp {
  readonly #http: Http
  readonly #clock: Clock
  readonly #serverTime: ServerTime
  /** By origin: a nonce means something only to the server that gave it (RFC 9449 §8.2). */
  readonly #nonces = new Map<string, string>()

  constructor(http: Http, clock: Clock, serverTime: ServerTime) {
    this.#http = http
    this.#clock = clock
    this.#serverTime = serverTime
  }

  /**
   * Sends `request`; once more with a new nonce when the server asks for one.
   *
   * @throws what the network throws
   */
  async send(request: Request, key: DeviceKey, accessToken?: string): Promise<Response> {
    const answer = await this.#once(request, key, accessToken)
    if ((await challengeOf(answer)) !== 'use_dpop_nonce') return answer
    if (!answer.headers.has(NONCE_HEADER)) return answer
    discard(answer)
    return this.#once(request, key, accessToken)
  }

  async #once(request: Request, key: DeviceKey, accessToken?: string): Promise<Response> {
    const { origin } = new URL(request.url)
    const proof = await createProof(key, {
      method: request.method,
      url: request.url,
      // Only for the look of it: servers judge a proof's age by their nonce.
      now: this.#serverTime.now() ?? this.#clock.now(),
      nonce: this.#nonces.get(origin),
      accessToken,
    })
    // A copy, so that the body can be sent again.
    const copy = request.clone()
    copy.headers.set('DPoP', proof)
    if (accessToken !== undefined) copy.headers.set('Authorization', `DPoP ${accessToken}`)
    const answer = await this.#http(copy)
    const nonce = answer.headers.get(NONCE_HEADER)
    if (nonce) this.#nonces.set(origin, nonce)
    return answer
  }
}

/**
 * The error of a 400 or 401: from `WWW-Authenticate` at a service (RFC 9449 §7.1, §9), from the
 * body at the site (§8).
 */
export async function challengeOf(answer: Response): Promise<string | undefined> {
  if (answer.status !== 400 && answer.status !== 401) return undefined
  const header = answer.headers.get('WWW-Authenticate') ?? ''
  const named = /\bDPoP\b.*?\berror="(\w+)"/i.exec(header)?.[1]
  if (named) return named
  try {
    const body = v.safeParse(ErrorBody, await answer.clone().json())
    return body.success ? body.output.error : undefined
  } catch {
    return undefined
  }
}

/** Lets go of a body that nobody will read, so that the connection is free again. */
export function discard(answer: Response): void {
  answer.body?.cancel().catch(() => {})
}
