import { LatchkeyError } from '../../protocol/errors.ts'
import { inWords } from '../../protocol/reasons.ts'
import type { TokenResponse } from '../../protocol/tokens.ts'
import { byPerson } from '../audit/by.ts'
import { type Site, telling } from '../site.ts'
import type { Session } from '../store/records.ts'
import { issueAccessToken, tokenResponse } from '../tokens/access-token.ts'
import { formatRefreshToken, newRefreshSecret, parseRefreshToken } from '../tokens/refresh-token.ts'
import { openAnswer, sealAnswer } from '../tokens/sealed.ts'
import { hashOf } from '../tokens/secret.ts'
import { endedError, endSession } from './endings.ts'
import { decideRefresh, rotated } from './rotation.ts'
import { readSession, type SessionView, unchanged } from './standing.ts'

export interface RefreshRequest {
  readonly refreshToken: string
  readonly clientId: string
  /** The `Idempotency-Key`, if there was one. */
  readonly attempt: string | undefined
  /** Thumbprint of the key that was proved. */
  readonly jkt: string
  /** The network address that asks, for the audit log. */
  readonly address: string | null
}

/** What everyone hears who presents something that is not a refresh token of theirs. */
const unknownToken = () =>
  new LatchkeyError('invalid_grant', 'This refresh token is not known here: sign in again.')

/**
 * Refreshes: one rotation, one outcome, however many ask at once and wherever anybody dies. Answers
 * only after the change is on disk.
 *
 * @throws LatchkeyError `invalid_grant` (with the reason, when the session has ended) or `refresh_in_progress`
 */
export async function refresh(site: Site, request: RefreshRequest): Promise<TokenResponse> {
  const token = parseRefreshToken(request.refreshToken)
  if (!token) throw unknownToken()
  return site.turns.take(token.sessionId, async () => {
    for (;;) {
      const view = await readSession(site.store, token.sessionId)
      if (!view || view.session.clientId !== request.clientId) throw unknownToken()
      const answer = await refreshOnce(site, request, view, hashOf(token.secret))
      if (answer) return answer
      // Somebody changed the person or the account meanwhile: decide again on what is now.
    }
  })
}

/** `undefined` when the ground moved while the answer was made. */
async function refreshOnce(
  site: Site,
  request: RefreshRequest,
  view: SessionView,
  secretHash: string,
): Promise<TokenResponse | undefined> {
  const now = site.clock.now()
  const attemptHash = request.attempt === undefined ? null : hashOf(request.attempt)
  const decision = decideRefresh(view, { secretHash, attemptHash, jkt: request.jkt }, now)
  switch (decision.kind) {
    case 'rotate':
      return rotate(site, request, view, { secretHash, attemptHash, displaces: decision.displaces })
    case 'replay':
      site.log.info({ session: view.session.id }, 'refresh replayed')
      return JSON.parse(
        openAnswer(decision.sealed, {
          presented: request.refreshToken,
          attempt: request.attempt ?? '',
        }),
      ) as TokenResponse
    case 'in_progress':
      throw new LatchkeyError(
        'refresh_in_progress',
        'This session was refreshed a moment ago: read your store again, and use what is there.',
        { retryAfter: 1 },
      )
    case 'superseded':
      site.log.info({ session: view.session.id }, 'refresh superseded')
      throw new LatchkeyError('invalid_grant', inWords('superseded').sentence, {
        reason: 'superseded',
        actor: 'system',
        at: now,
      })
    case 'ended':
      throw endedError(view.session, decision, view.account?.name)
    case 'end': {
      const by = byPerson(view.session, request.address)
      const writes = endSession(view.session, decision, telling(site, by, now))
      if (!(await site.store.commit(writes, unchanged(view)))) return undefined
      site.hurry()
      site.log.info({ session: view.session.id, reason: decision.reason }, 'session ended')
      throw endedError(view.session, decision, view.account?.name)
    }
    case 'unknown':
      throw unknownToken()
  }
}

async function rotate(
  site: Site,
  request: RefreshRequest,
  view: SessionView,
  rotation: {
    readonly secretHash: string
    readonly attemptHash: string | null
    readonly displaces: string | null
  },
): Promise<TokenResponse | undefined> {
  const { session, account, membership } = view
  if (!account || !membership) throw unknownToken()
  const now = site.clock.now()
  const secret = newRefreshSecret()
  const access = await issueAccessToken(issuerOf(site), { session, account, membership }, now)
  const refreshToken = formatRefreshToken({ sessionId: session.id, secret })
  const answer = tokenResponse(session, access, refreshToken)
  const sealed =
    request.attempt === undefined
      ? null
      : sealAnswer(JSON.stringify(answer), {
          presented: request.refreshToken,
          attempt: request.attempt,
        })
  const after: Session = {
    ...session,
    refreshedAt: now,
    accessTokenId: access.id,
    accessEndsAt: Math.max(session.accessEndsAt, access.endsAt),
    tokens: rotated(session.tokens, {
      presented: rotation.secretHash,
      successor: hashOf(secret),
      attemptHash: rotation.attemptHash,
      sealed,
      displaces: rotation.displaces,
      now,
    }),
  }
  const written = await site.store.commit([{ table: 'session', put: after }], unchanged(view))
  return written ? answer : undefined
}

export const issuerOf = (site: Site) => ({
  url: site.settings.url,
  audience: site.settings.audience,
  accessLife: site.settings.lifetimes.access,
  keys: site.keys,
})
