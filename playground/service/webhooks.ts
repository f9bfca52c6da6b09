import { Webhook } from 'standardwebhooks'
import * as v from 'valibot'
import { DAY, type Duration, type Moment } from '../../clock/moment.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import { ServiceEvent } from '../../protocol/events.ts'

/** The headers of Standard Webhooks. */
export interface WebhookHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/** Longer than any sender's schedule of retries. */
const MEMORY: Duration = 7 * DAY

const Event = v.object({ type: v.string() })

const KNOWN: readonly string[] = ServiceEvent.options.map(({ entries }) => entries.type.literal)

/**
 * Reads an event that the site has told, by webhook or when it was asked. Kinds that this service doesn't
 * know are passed over: new ones may come.
 *
 * @returns `undefined` for a kind that is not known here
 * @throws LatchkeyError `invalid_request` when it is no event
 */
export function readEvent(told: unknown): ServiceEvent | undefined {
  const kind = v.safeParse(Event, told)
  if (kind.success && !KNOWN.includes(kind.output.type)) return undefined
  const event = v.safeParse(ServiceEvent, told)
  if (event.success) return event.output
  throw new LatchkeyError('invalid_request', 'This is no event that is known here.')
}

/**
 * Takes webhooks: checks the signature over the bytes as they came, then the content, and hands each
 * message on once, however often the sender repeats it.
 */
export class WebhookReceiver {
  readonly #webhooks: readonly Webhook[]
  readonly #take: (event: unknown) => void
  readonly #handled = new Map<string, Moment>()

  /** @param secrets `whsec_…`, as the sender gave them: two while one is replaced */
  constructor(secrets: readonly string[], take: (event: unknown) => void) {
    this.#webhooks = secrets.map((secret) => new Webhook(secret))
    this.#take = take
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
    let failure: unknown
    for (const webhook of this.#webhooks) {
      try {
        return webhook.verify(body, { ...headers })
      } catch (error) {
        failure = error
      }
    }
    throw new LatchkeyError(
      'invalid_request',
      'The webhook’s signature or timestamp is not right: sign with this endpoint’s secret.',
      { cause: failure },
    )
  }

  #forget(now: Moment): void {
    for (const [id, at] of this.#handled) {
      if (now - at <= MEMORY) return
      this.#handled.delete(id)
    }
  }
}
