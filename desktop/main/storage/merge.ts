import { decodeHeld, encodeHeld } from '../../../client/held.ts'
import { withRevocation } from '../../../client/refresh.ts'

/**
 * What is held once an entry is found that could not be read before. Somebody who signed in meanwhile
 * is who is signed in; the session from before is over then, and the site is to hear of it.
 *
 * @param before the entry that is found now
 * @param now what was held without it
 */
export function merge(before: string | undefined, now: string | undefined): string | undefined {
  const earlier = before === undefined ? undefined : decodeHeld(before)
  const later = now === undefined ? undefined : decodeHeld(now)
  if (!later?.session) return earlier?.session || later === undefined ? before : now
  if (!earlier?.session || earlier.session.id === later.session.id) return now
  // Revoked by the key of the newer device: the site takes a token from whoever holds it.
  return encodeHeld(withRevocation(later, earlier.session.refreshToken))
}
