import { Webhook } from 'standardwebhooks'
import * as v from 'valibot'
import { DAY, type Duration, type Moment } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { SessionEndedEvent } from '../../protocol/events.ts'

/** The headers of Standard Webhooks. */
export interface WebhookHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/** Longer than any sender's schedule of retries. */
const MEMORY: Duration = 7 * DAY

const Event = v.object({ type: v.string() })

/**
 * Takes webhooks: checks the signature over the bytes as they came, then the content, and calls
 * `ended` once for each message, however often the sender repeats it.
 */
export class WebhookReceiver {
  readonly #webhook: Webhook
  readonly #ended: (event: SessionEndedEvent) => void
  readonly #handled = new Map<string, Moment>()

  /** @param secret `whsec_…`, as the sender gave it */
  constructor(secret: string, ended: (event: SessionEndedEvent) => void) {
    this.#webhook = new Webhook(secret)
    this.#ended = ended
  }

  /**
   * @param body exactly as received, not parsed
   * @returns whether the message was new
   * @throws LatchkeyError `invalid_request` when it is not from our site, too old, or not to be understood
   */
  receive(body: string, headers: WebhookHeaders, now: Moment): boolean {
    const event = this.#verify(body, headers)
    this.#forget(now)
    const id = headers['webhook-id']
    if (this.#handled.has(id)) return false
    this.#take(event)
    // Only now: what could not be understood may come again.
    this.#handled.set(id, now)
    return true
  }

  #verify(body: string, headers: WebhookHeaders): unknown {
    try {
      return this.#webhook.verify(body, { ...headers })
    } catch (cause) {
      throw new LatchkeyError(
        'invalid_request',
        'The webhook’s signature or timestamp is not right: sign with this endpoint’s secret.',
        { cause },
      )
    }
  }

  /** Kinds of events that this service doesn't know are taken and passed over: new ones may come. */
  #take(event: unknown): void {
    const kind = v.safeParse(Event, event)
    if (kind.success && kind.output.type !== 'session.ended') return
    const ending = v.safeParse(SessionEndedEvent, event)
    if (!ending.success) {
      throw new LatchkeyError('invalid_request', 'The webhook holds no event that is known here.')
    }
    this.#ended(ending.output)
  }

  #forget(now: Moment): void {
    for (const [id, at] of this.#handled) {
      if (now - at <= MEMORY) return
      this.#handled.delete(id)
    }
  }
}
