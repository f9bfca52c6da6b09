import { randomInt, randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { type Answer, Connection } from './connection.ts'
import { type BenchDevice, makeProof } from './devices.ts'

/** An address that refreshes. */
export interface Target {
  readonly name: string
  /** Where the requests go, and what their proofs are made for. */
  readonly url: string
  readonly clientId: string
}

/** A signed-in device: always holds its newest token. */
export interface HeldSession {
  readonly device: BenchDevice
  refreshToken: string
  accessToken: string | undefined
}

export interface Measured {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds of each request, ascending. */
  readonly latencies: readonly number[]
  /** How often a proof had to be made again with a newer nonce. */
  readonly renewed: number
}

/** A server answered a right request wrongly: no figure of it means anything. */
export class WrongAnswer extends Error {}

/** One connection's part: sessions that nobody else uses, and what it will ask next. */
interface Lane {
  connection: Connection
  readonly sessions: readonly HeldSession[]
  prepared: { readonly session: HeldSession; readonly proof: string }[]
}

/** Closed-loop load on one server: as many requests under way as there are connections. */
export class Load {
  readonly #target: Target
  readonly #port: number
  readonly #lanes: readonly Lane[]
  #nonce: string | undefined
  #renewed = 0

  private constructor(target: Target, lanes: readonly Lane[]) {
    this.#target = target
    this.#port = Number(new URL(target.url).port)
    this.#lanes = lanes
  }

  static async open(
    target: Target,
    sessions: readonly HeldSession[],
    connections: number,
  ): Promise<Load> {
    const port = Number(new URL(target.url).port)
    const lanes = Array.from({ length: connections }, async (_, lane) => ({
      connection: await Connection.open(port),
      sessions: sessions.filter((_session, index) => index % connections === lane),
      prepared: [],
    }))
    return new Load(target, await Promise.all(lanes))
  }

  close(): void {
    for (const { connection } of this.#lanes) connection.close()
  }

  /**
   * Picks the sessions and signs the proofs of about `requests` requests ahead, with a nonce that the
   * server just gave, so that the driver's own work stays out of the measured time. Connects anew:
   * while others had their round, the server has closed what was idle.
   */
  async prepare(requests: number): Promise<void> {
    for (const lane of this.#lanes) await this.#reconnect(lane)
    const [first] = this.#lanes
    if (!first) return
    await this.#refresh(first, this.#pick(first))
    const each = Math.ceil(requests / this.#lanes.length)
    for (const lane of this.#lanes) {
      lane.prepared = Array.from({ length: each }, () => this.#pick(lane))
    }
    // Signing may have taken longer than the server's patience, too.
    for (const lane of this.#lanes) await this.#reconnect(lane)
  }

  /** @throws WrongAnswer */
  async run(seconds: number): Promise<Measured> {
    const latencies: number[] = []
    this.#renewed = 0
    const began = performance.now()
    const until = began + seconds * 1_000
    await Promise.all(
      this.#lanes.map(async (lane) => {
        for (let now = performance.now(); now < until; ) {
          await this.#refresh(lane, lane.prepared.pop() ?? this.#pick(lane))
          const after = performance.now()
          latencies.push(after - now)
          now = after
        }
      }),
    )
    return {
      requests: latencies.length,
      seconds: (performance.now() - began) / 1_000,
      latencies: latencies.sort((a, b) => a - b),
      renewed: this.#renewed,
    }
  }

  async #reconnect(lane: Lane): Promise<void> {
    lane.connection.close()
    lane.connection = await Connection.open(this.#port)
  }

  #pick(lane: Lane) {
    const session = lane.sessions[randomInt(lane.sessions.length)]
    if (!session) throw new Error('A connection without sessions.')
    return { session, proof: makeProof(session.device, this.#target.url, this.#nonce) }
  }

  async #refresh(lane: Lane, next: Lane['prepared'][number]): Promise<void> {
    const { session } = next
    const attempt = randomUUID()
    let answer = await lane.connection.send(this.#request(session, next.proof, attempt))
    this.#nonce = answer.nonce ?? this.#nonce
    if (answer.status === 400 && answer.body.includes('use_dpop_nonce')) {
      this.#renewed++
      const proof = makeProof(session.device, this.#target.url, this.#nonce)
      answer = await lane.connection.send(this.#request(session, proof, attempt))
    }
    const tokens = checkAnswer(this.#target.name, answer, session.refreshToken)
    session.refreshToken = tokens.refresh_token
    session.accessToken = tokens.access_token
  }

  #request(session: HeldSession, proof: string, attempt: string): string {
    const { url, clientId } = this.#target
    const { host, pathname } = new URL(url)
    const body = `grant_type=refresh_token&client_id=${clientId}&refresh_token=${session.refreshToken}`
    return [
      `POST ${pathname} HTTP/1.1`,
      `Host: ${host}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      `DPoP: ${proof}`,
      `Idempotency-Key: ${attempt}`,
      '',
      body,
    ].join('\r\n')
  }
}

const Tokens = v.object({
  token_type: v.literal('DPoP'),
  access_token: v.pipe(v.string(), v.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)),
  refresh_token: v.pipe(v.string(), v.regex(/^[\w-]{20,}$/)),
})

const Refused = v.object({ error: v.string(), error_description: v.optional(v.string(), '') })

/**
 * Nobody is fast by failing: 200, a bound access token, and a refresh token that is a new one.
 *
 * @throws WrongAnswer that never quotes a token
 */
export function checkAnswer(
  name: string,
  { status, body }: Answer,
  presented: string,
): v.InferOutput<typeof Tokens> {
  const content = parsed(body)
  if (status !== 200) {
    const refused = v.safeParse(Refused, content)
    const why = refused.success
      ? `${refused.output.error}: ${refused.output.error_description}`
      : 'no OAuth error'
    throw new WrongAnswer(`${name} answered a right refresh with ${status} (${why}).`)
  }
  const tokens = v.safeParse(Tokens, content)
  if (!tokens.success) throw new WrongAnswer(`${name} answered 200 without DPoP tokens.`)
  if (tokens.output.refresh_token === presented) {
    throw new WrongAnswer(`${name} gave the same refresh token again instead of a new one.`)
  }
  return tokens.output
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
