import { LatchkeyError } from '../../protocol/errors.ts'
import { byPerson } from '../audit/by.ts'
import { type Site, telling } from '../site.ts'
import { parseRefreshToken } from '../tokens/refresh-token.ts'
import { hashOf } from '../tokens/secret.ts'
import { endSession } from './endings.ts'
import { passedDeadline, positionOf } from './rotation.ts'
import { readSession, unchanged } from './standing.ts'

/**
 * Ends the session of a refresh token (RFC 7009). Any token of its family will do: a client whose
 * last answer got lost must be able to sign out with the one before. Holding one is enough, no
 * device proof is asked for: all that it can do is end what it came from.
 *
 * A token that is not ours is answered like one that is (RFC 7009 §2.2).
 *
 * @param address where the request came from, for the audit log
 * @throws LatchkeyError `unsupported_token_type` for an access token: services are shown those, and
 *   none of them shall be able to sign a person out.
 */
export async function revoke(
  site: Site,
  token: string,
  clientId: string,
  address: string | null,
): Promise<void> {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
    throw new LatchkeyError(
      'unsupported_token_type',
      'Revoke the refresh token: its access tokens end with it.',
    )
  }
  const parsed = parseRefreshToken(token)
  if (!parsed) return
  await site.turns.take(parsed.sessionId, async () => {
    for (;;) {
      const view = await readSession(site.store, parsed.sessionId)
      if (!view || view.session.ended || view.session.clientId !== clientId) return
      if (positionOf(view.session.tokens, hashOf(parsed.secret)) === 'other') return
      const now = site.clock.now()
      const deadline = passedDeadline(view.session, now)
      const ending = deadline
        ? ({ ...deadline, actor: 'system' } as const)
        : ({ reason: 'signed_out', actor: 'user', at: now } as const)
      const by = byPerson(view.session, address)
      const writes = endSession(view.session, ending, telling(site, by, now))
      if (await site.store.commit(writes, unchanged(view))) {
        site.hurry()
        site.log.info({ session: view.session.id, reason: ending.reason }, 'session ended')
        return
      }
    }
  })
}
