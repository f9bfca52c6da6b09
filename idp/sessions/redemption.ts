import { createHash } from 'node:crypto'
import type { CheckedProof } from '../../protocol/dpop/check.ts'
import { LatchkeyError } from '../../protocol/errors.ts'
import type { TokenResponse } from '../../protocol/tokens.ts'
import { byPerson, byStranger } from '../audit/by.ts'
import { CLIENT_NAMES, isClientId } from '../clients.ts'
import { newDevice } from '../devices.ts'
import { CODE_LIFE } from '../lifetimes.ts'
import { type Site, telling } from '../site.ts'
import type { AuthorizationCode, Device, Session } from '../store/records.ts'
import type { Expectation, Write } from '../store/store.ts'
import { issueAccessToken, tokenResponse } from '../tokens/access-token.ts'
import { formatRefreshToken, newRefreshSecret, newSessionId } from '../tokens/refresh-token.ts'
import { openAnswer, sealAnswer } from '../tokens/sealed.ts'
import { hashOf, sameHash } from '../tokens/secret.ts'
import { endedError, endSession, signedIn } from './endings.ts'
import { issuerOf } from './refresh.ts'
import { accountRefusal, overtaken, personRefusal } from './standing.ts'

export interface RedemptionRequest {
  readonly code: string
  readonly clientId: string
  readonly redirectUri: string
  readonly codeVerifier: string
  /** The `Idempotency-Key`, if there was one. */
  readonly attempt: string | undefined
  /** The key that was proved; a client without one gets no refresh token. */
  readonly proof: CheckedProof | undefined
  /** The network address that asks, for the audit log. */
  readonly address: string | null
}

const refuse = (message: string) => new LatchkeyError('invalid_grant', message)

/**
 * Redeems an authorization code, once (RFC 6749 §4.1.3): makes the session, ends the one that the
 * same device had before, and answers when all of it is on disk.
 *
 * @throws LatchkeyError `invalid_grant`
 */
export async function redeem(site: Site, request: RedemptionRequest): Promise<TokenResponse> {
  const id = hashOf(request.code)
  return site.turns.take(id, async () => {
    for (;;) {
      const code = await site.store.code(id)
      if (!code) throw refuse('This code is not known, or no longer: start the sign-in again.')
      checkBelongs(code, request)
      const answer = code.redeemed
        ? await answerAgain(site, request, code.redeemed)
        : await redeemOnce(site, request, code)
      if (answer) return answer
    }
  })
}

function checkBelongs(code: AuthorizationCode, request: RedemptionRequest): void {
  if (code.clientId !== request.clientId || code.redirectUri !== request.redirectUri) {
    throw refuse('This code was given to another client or another redirect_uri.')
  }
  const challenge = createHash('sha256').update(request.codeVerifier).digest('base64url')
  // RFC 7636 §4.6
  if (code.codeChallenge === null || !sameHash(code.codeChallenge, challenge)) {
    throw refuse('The code_verifier does not belong to this code.')
  }
  // RFC 9449 §10: the code is bound to the key that the authorization request named.
  if (code.jkt !== null && code.jkt !== request.proof?.jkt) {
    throw refuse('This code is bound to a device key: send a DPoP proof by that key.')
  }
}

/** Whoever lost the answer gets it again; whoever else comes has stolen the code. */
async function answerAgain(
  site: Site,
  request: RedemptionRequest,
  redeemed: NonNullable<AuthorizationCode['redeemed']>,
): Promise<TokenResponse | undefined> {
  const { attempt } = request
  const session = await site.store.session(redeemed.sessionId)
  if (session?.ended) throw endedError(session, session.ended)
  const sameAttempt =
    attempt !== undefined &&
    redeemed.attemptHash !== null &&
    sameHash(redeemed.attemptHash, hashOf(attempt))
  const untouched = session?.tokens?.previous === null && !session.tokens.confirmed
  if (sameAttempt && redeemed.sealed !== null && untouched) {
    site.log.info({ session: redeemed.sessionId }, 'code exchange replayed')
    return JSON.parse(
      openAnswer(redeemed.sealed, { presented: request.code, attempt }),
    ) as TokenResponse
  }
  if (session) {
    // RFC 6749 §4.1.2: a code used twice takes what came of it along.
    const now = site.clock.now()
    const ending = { reason: 'reuse_detected', actor: 'system', at: now } as const
    const by = byStranger(request.address)
    const writes = endSession(session, ending, telling(site, by, now))
    if (!(await site.store.commit(writes, [{ table: 'session', id: session.id, was: session }]))) {
      return undefined
    }
    site.hurry()
    site.log.warn({ session: session.id, reason: ending.reason }, 'session ended: code used twice')
  }
  throw refuse('This code was used before. For your safety, what it gave access to was ended.')
}

async function redeemOnce(
  site: Site,
  request: RedemptionRequest,
  code: AuthorizationCode,
): Promise<TokenResponse | undefined> {
  const now = site.clock.now()
  if (now >= code.createdAt + CODE_LIFE)
    throw refuse('This code has expired: start the sign-in again.')
  const user = await site.store.user(code.userId)
  const account = await site.store.account(code.accountId)
  const membership = await site.store.membership(code.userId, code.accountId)
  const refusal =
    personRefusal(user) ??
    (user && overtaken(user, code.era)) ??
    accountRefusal(account, membership)
  if (refusal || !user || !account || !membership) {
    throw new LatchkeyError('invalid_grant', 'Signing in is no longer possible here.', {
      reason: refusal?.reason,
      actor: refusal?.actor,
      at: refusal?.at ?? undefined,
    })
  }
  const device = await deviceOf(site, request, code)
  const secret = device && newRefreshSecret()
  const begun: Session = {
    id: newSessionId(),
    clientId: code.clientId,
    userId: code.userId,
    accountId: code.accountId,
    deviceId: device?.id ?? null,
    jkt: device?.jkt ?? null,
    authTime: code.authTime,
    createdAt: now,
    refreshedAt: now,
    // Without a refresh token a session is its one access token.
    idle: device ? site.settings.lifetimes.idle : site.settings.lifetimes.access,
    absolute: site.settings.lifetimes.absolute,
    purge: code.purge,
    tokens: secret
      ? { current: hashOf(secret), confirmed: false, previous: null, displaced: [] }
      : null,
    cookieHash: null,
    accessTokenId: '',
    accessEndsAt: now,
    ended: null,
  }
  const access = await issueAccessToken(
    issuerOf(site),
    { session: begun, account, membership },
    now,
  )
  const session: Session = { ...begun, accessTokenId: access.id, accessEndsAt: access.endsAt }
  const refreshToken = secret && formatRefreshToken({ sessionId: session.id, secret })
  const answer = tokenResponse(session, access, refreshToken)
  const { attempt } = request
  const by = byPerson(session, request.address)
  const writes: Write[] = [
    signedIn(session, by),
    { table: 'session', put: session },
    // Collides with whatever disables, resets or deletes this person at the same moment.
    { table: 'user', put: { ...user, signIns: user.signIns + 1 } },
    {
      table: 'code',
      put: {
        ...code,
        redeemed: {
          at: now,
          sessionId: session.id,
          attemptHash: attempt === undefined ? null : hashOf(attempt),
          sealed:
            attempt === undefined
              ? null
              : sealAnswer(JSON.stringify(answer), { presented: request.code, attempt }),
        },
      },
    },
  ]
  const expected: Expectation[] = [
    { table: 'code', id: code.id, was: code },
    { table: 'user', id: user.id, was: user },
    { table: 'account', id: account.id, was: account },
    { table: 'membership', id: membership.id, was: membership },
  ]
  if (device) {
    const stored = await site.store.device(device.id)
    expected.push({ table: 'device', id: device.id, was: stored })
    writes.push({ table: 'device', put: { ...device, used: true } })
    for (const earlier of await site.store.liveSessionsOfDevice(device.id)) {
      const ending = { reason: 'superseded', actor: 'user', at: now } as const
      writes.push(...endSession(earlier, ending, telling(site, by, now)))
      expected.push({ table: 'session', id: earlier.id, was: earlier })
    }
  }
  if (!(await site.store.commit(writes, expected))) return undefined
  site.hurry()
  site.log.info(
    { session: session.id, client: session.clientId, device: session.deviceId },
    'signed in',
  )
  return answer
}

/**
 * The device that the session belongs to: the registered one, or, for a standard client that proves
 * a key and never registered, a new one (DESIGN §5). `undefined` for a client without a key.
 */
async function deviceOf(
  site: Site,
  request: RedemptionRequest,
  code: AuthorizationCode,
): Promise<Device | undefined> {
  if (!request.proof) return undefined
  const known =
    code.deviceId === null
      ? await site.store.deviceByKey(request.proof.jkt)
      : await site.store.device(code.deviceId)
  if (known && known.jkt === request.proof.jkt) return known
  const name = isClientId(code.clientId) ? CLIENT_NAMES[code.clientId] : code.clientId
  return newDevice(request.proof, { name, platform: 'unknown' }, site.clock.now())
}
