import { LatchkeyError } from '../../protocol/errors.ts'
import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import type { ServiceSettings } from '../settings.ts'
import type { Site } from '../site.ts'
import { unheardOf } from './delivery.ts'

/** @throws LatchkeyError `not_found` */
export function requireConfigured(
  { settings }: Pick<Site, 'settings'>,
  url: string,
): ServiceSettings {
  const service = settings.services.find((one) => one.url === url)
  if (service) return service
  throw new LatchkeyError('not_found', 'The settings name no service of this address.')
}

/** Lets events flow to an endpoint again that was disabled, or that is paused. What waited goes out now. */
export async function enableEndpoint(site: Site, url: string, by: By): Promise<void> {
  requireConfigured(site, url)
  for (;;) {
    const was = await site.store.endpoint(url)
    if (!was || (!was.disabled && was.slowUntil === null)) return
    const done = await site.store.commit(
      [
        { table: 'endpoint', put: unheardOf(url) },
        audit('endpoint_enabled', by, site.clock.now(), {}, { details: { endpoint: url } }),
      ],
      [{ table: 'endpoint', id: url, was }],
    )
    if (done) return site.hurry()
  }
}
