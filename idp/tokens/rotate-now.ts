import type { By } from '../audit/by.ts'
import { audit } from '../audit/entry.ts'
import type { Site } from '../site.ts'

/**
 * For the day on which the signing keys may be in wrong hands. Every key is withdrawn at once, without
 * overlap: no access token out there is taken any more, forged or honest, here at this very moment and
 * at a service when it next reads `/jwks` (the answer may be kept for ten minutes; restart a service
 * that can't wait). Nobody is signed out: clients refresh when theirs is refused.
 *
 * @returns the id of the key that signs now
 */
export async function rotateNow(
  site: Pick<Site, 'keys' | 'store' | 'clock' | 'log' | 'hurry'>,
  by: By,
): Promise<string> {
  const now = site.clock.now()
  await site.keys.replaceAll(now)
  const { kid } = site.keys.signer(now)
  // After the keys, which are files of their own: were the log first, it could tell of what never was.
  await site.store.commit([audit('signing_key_rotated', by, now, {}, { details: { kid } })])
  site.hurry()
  site.log.warn({ kid }, 'all signing keys were withdrawn; a new one signs')
  return kid
}
