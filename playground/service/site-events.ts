import * as v from 'valibot'
import { type Duration, SECOND } from '../../clock/moment.ts'
import { serviceKey } from '../../idp/services/callers.ts'
import { ADDRESSES } from '../../protocol/addresses.ts'
import { EventsPage } from '../../protocol/events.ts'

/** A page whose events are looked at one by one: kinds that are not known here yet may be among them. */
const Page = v.object({
  ...EventsPage.entries,
  events: v.array(v.object({ id: v.string(), sequence: v.number(), event: v.unknown() })),
})

export type Page = v.InferOutput<typeof Page>

/** Reads the site's events after a position. */
export type ReadEvents = (after: number) => Promise<Page | 'unknown_position'>

const PATIENCE: Duration = 5 * SECOND

/** Events asked for at once. */
const LIMIT = '500'

/**
 * Reads events from the site, with the key that comes from the webhooks' secret. While the secret is
 * replaced, the site may know the new one later than this service does: then the old one's key is used.
 *
 * @param secrets `whsec_…`, the newest first
 */
export function readEventsFrom(issuer: string, secrets: readonly string[]): ReadEvents {
  return async (after) => {
    const url = new URL(ADDRESSES.events, issuer)
    url.searchParams.set('after', String(after))
    url.searchParams.set('limit', LIMIT)
    let status = 0
    for (const secret of secrets) {
      const answer = await fetch(url, {
        headers: { authorization: `Bearer ${serviceKey(secret)}`, accept: 'application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE),
      })
      if (answer.ok) return v.parse(Page, await answer.json())
      await answer.body?.cancel()
      status = answer.status
      if (status === 410) return 'unknown_position'
      if (status !== 401) break
    }
    throw new Error(`The site did not tell its events: it answered ${status}.`)
  }
}
