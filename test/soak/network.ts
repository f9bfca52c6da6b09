import { setTimeout as rest } from 'node:timers/promises'
import type { Http } from '../../client/ports.ts'
import type { Chance } from './chance.ts'

/** What a network does to requests, as likelihoods. */
export interface Weather {
  /** The request never leaves. */
  readonly lostRequests: number
  /** The request arrives and is done; the answer is lost. */
  readonly lostAnswers: number
  /** Milliseconds that a request or an answer is held up at the most. */
  readonly delay: number
}

export const CALM: Weather = { lostRequests: 0, lostAnswers: 0, delay: 0 }
export const ROUGH: Weather = { lostRequests: 0.03, lostAnswers: 0.05, delay: 120 }

const lost = () => new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })

/** A network that loses and delays; who uses it hears of a lost answer as of a lost request. */
export const badNetwork =
  (chance: Chance, weather: () => Weather): Http =>
  async (request) => {
    const { lostRequests, lostAnswers, delay } = weather()
    if (delay > 0) await rest(chance.between(0, delay))
    if (chance.happens(lostRequests)) throw lost()
    const answer = await fetch(request)
    const body = await answer.arrayBuffer()
    if (chance.happens(lostAnswers)) throw lost()
    if (delay > 0) await rest(chance.between(0, delay))
    return new Response(NO_BODY.includes(answer.status) ? null : body, answer)
  }

/** Statuses whose answers have no body (Fetch §2.2.3). */
const NO_BODY = [101, 204, 205, 304]
