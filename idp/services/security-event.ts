import { SignJWT } from 'jose'
import { type Moment, toSeconds } from '../../clock/moment.ts'
import { inWords } from '../../protocol/reasons.ts'
import type { ServiceSettings } from '../settings.ts'
import type { OutboxEvent } from '../store/records.ts'
import type { EventKeys } from './event-keys.ts'
import { authorization } from './message.ts'
import type { Message } from './post.ts'

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type'
const RISC = 'https://schemas.openid.net/secevent/risc/event-type'

type SimpleSubject =
  | { readonly format: 'iss_sub'; readonly iss: string; readonly sub: string }
  | { readonly format: 'opaque'; readonly id: string }

/** RFC 9493, and the Shared Signals Framework's complex subjects. */
export type Subject =
  | SimpleSubject
  | {
      readonly format: 'complex'
      readonly user?: SimpleSubject
      readonly session?: SimpleSubject
      readonly tenant?: SimpleSubject
    }

export interface SecurityEvent {
  readonly type: string
  readonly subject: Subject
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * An event of ours as CAEP and RISC have it. An account of ours is what they call a tenant; what RISC
 * calls an account is a person of ours. The reason is the same word as everywhere, for administrators,
 * and the same sentence as everywhere, for people.
 */
export function securityEvent({ payload, at }: OutboxEvent, issuer: string): SecurityEvent {
  const { data } = payload
  const user = (sub: string) => ({ format: 'iss_sub', iss: issuer, sub }) as const
  const opaque = (id: string) => ({ format: 'opaque', id }) as const
  const common = { event_timestamp: toSeconds(at), initiating_entity: data.actor }
  switch (payload.type) {
    case 'session.ended': {
      const { session_id, user_id, account_id, reason } = payload.data
      return {
        type: `${CAEP}/session-revoked`,
        subject: {
          format: 'complex',
          session: opaque(session_id),
          user: user(user_id),
          tenant: opaque(account_id),
        },
        claims: {
          ...common,
          reason_admin: { en: reason },
          reason_user: { en: inWords(reason, { at, timeZone: 'UTC' }).sentence },
        },
      }
    }
    case 'credential.changed':
      return {
        type: `${CAEP}/credential-change`,
        subject: user(payload.data.user_id),
        claims: {
          ...common,
          credential_type: 'password',
          change_type: 'update',
          reason_admin: { en: 'password_reset' },
        },
      }
    case 'subscription.changed':
      return {
        type: `${CAEP}/token-claims-change`,
        subject: { format: 'complex', tenant: opaque(payload.data.account_id) },
        claims: { ...common, claims: { subscription: payload.data.subscription } },
      }
    case 'membership.changed': {
      const { user_id, account_id, role } = payload.data
      return {
        type: `${CAEP}/token-claims-change`,
        subject: { format: 'complex', user: user(user_id), tenant: opaque(account_id) },
        claims: { ...common, claims: { account: { id: account_id, role } } },
      }
    }
    // CAEP has no word for these two, RISC has, and gives its events no further claims.
    case 'account.closed':
      return {
        type: `${RISC}/account-disabled`,
        subject: { format: 'complex', tenant: opaque(payload.data.account_id) },
        claims: {},
      }
    case 'user.deleted':
      return { type: `${RISC}/account-purged`, subject: user(payload.data.user_id), claims: {} }
  }
}

/**
 * An event as a Security Event Token (RFC 8417), pushed as RFC 8935 says. The same `jti` with each
 * attempt: receivers know by it what they have. No `exp` and no `sub`, so that nobody can take it for
 * another kind of token (Shared Signals Framework 1.0 §4.1).
 */
export async function securityEventMessage(
  event: OutboxEvent,
  service: ServiceSettings,
  {
    issuer,
    keys,
    now,
  }: { readonly issuer: string; readonly keys: EventKeys; readonly now: Moment },
): Promise<Message> {
  const { type, subject, claims } = securityEvent(event, issuer)
  const token = await new SignJWT({
    sub_id: subject,
    events: { [type]: claims },
    // What ends one session and what ends all of them are events of their own here.
    txn: event.id,
    toe: toSeconds(event.at),
  })
    .setProtectedHeader({ alg: 'RS256', kid: keys.kid, typ: 'secevent+jwt' })
    .setIssuer(issuer)
    .setAudience(service.audience ?? service.url)
    .setJti(event.id)
    .setIssuedAt(toSeconds(now))
    .sign(keys.privateKey)
  return {
    headers: {
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      ...authorization(service),
    },
    body: token,
  }
}

/** What a receiver may say of a token that it doesn't take, and no more than that: a word and a line. */
const LONGEST_ERROR = 200

/** `{"err", "description"}` of a receiver that refused (RFC 8935 §2.4); `undefined` when it is not that. */
export function readRefusal(body: string): string | undefined {
  let told: unknown
  try {
    told = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof told !== 'object' || told === null || !('err' in told)) return undefined
  const { err } = told
  if (typeof err !== 'string' || !/^[\w.:-]{1,64}$/.test(err)) return undefined
  const description = 'description' in told ? told.description : undefined
  const line = typeof description === 'string' ? description.replace(/[^\x20-\x7e]+/g, ' ') : ''
  return (line === '' ? err : `${err}: ${line}`).slice(0, LONGEST_ERROR)
}
