import type { AuditAct } from '../../protocol/audit.ts'
import type { Role } from '../../protocol/plan.ts'
import { inWords } from '../../protocol/reasons.ts'
import { CLIENT_NAMES, isClientId } from '../clients.ts'
import { PLAN_CHANGES, type PlanChange } from '../plans/decide.ts'
import type { AuditRecord } from '../store/records.ts'

/** Who is who in a sentence: `You`, a name, or what stands for one. */
export interface Cast {
  /** Who did it, at the beginning of a sentence. */
  readonly who: string
  /** Whom it concerns, in the middle of one; `undefined`: themselves, or nobody. */
  readonly whom: string | undefined
}

const ROLES = { owner: 'owner', admin: 'administrator', member: 'member' } as const

const roleWord = (role: unknown): string =>
  typeof role === 'string' && role in ROLES ? ROLES[role as Role] : 'member'

const PLAN_SENTENCES = {
  reminded: () => 'A mail said that the trial ends soon.',
  trial_ended: () => 'The trial ended, and a payment is due.',
  period_ended: () => 'The paid period ended, and a payment is due.',
  chosen: (who, { details: { plan, by } }) =>
    `${who} chose the plan ${plan}${by === 'mailed_link' ? ', by a link from a mail' : ''}.`,
  cancel_asked: (who) => `${who} asked for the plan to end with its period.`,
  canceled: (who, { actor, details: { plan } }) =>
    actor === 'system' ? `The plan ${plan} was canceled.` : `${who} canceled the plan ${plan}.`,
  resumed: (who) => `${who} kept the plan after all.`,
  paid: (_, { details: { plan } }) => `A period of the plan ${plan} was paid.`,
  set: (who, { details: { plan, status } }) => `${who} set the plan to ${plan}, ${status}.`,
} as const satisfies Record<PlanChange, (who: string, entry: AuditRecord) => string>

function planSentence(who: string, entry: AuditRecord): string {
  const change = PLAN_CHANGES.find((known) => known === entry.details.change)
  return change ? PLAN_SENTENCES[change](who, entry) : `${who} changed the plan.`
}

const SENTENCES = {
  signed_in: ({ who }, { details }) =>
    `${who} signed in${isClientId(String(details.client)) ? ` with ${CLIENT_NAMES[String(details.client) as keyof typeof CLIENT_NAMES]}` : ''}.`,
  sign_in_refused: ({ whom }, entry) =>
    `A sign-in of ${ofWhom(whom)} was turned away: ${why(entry)}.`,
  session_ended: ({ who, whom }, entry) =>
    `A session of ${ofWhom(whom ?? who)} ended: ${why(entry)}.`,
  account_switched: ({ who }) => `${who} went on to this account from another.`,
  logins_disabled: (cast) => `${cast.who} switched off ${whose(cast)} logins.`,
  logins_enabled: (cast) => `${cast.who} switched on ${whose(cast)} logins again.`,
  password_reset: (cast) =>
    `${cast.who} signed every device out, for a change of ${whose(cast)} password.`,
  user_deleted: ({ who, whom }) => `${who} deleted ${whom ?? 'the user that they were'}.`,
  account_closed: ({ who }) => `${who} closed the account.`,
  account_reopened: ({ who }) => `${who} opened the account again.`,
  member_invited: ({ who }, { details }) => `${who} invited somebody as ${roleWord(details.role)}.`,
  invitation_withdrawn: ({ who }) => `${who} withdrew an invitation.`,
  invitation_accepted: ({ who }, { details }) =>
    `${who} accepted an invitation as ${roleWord(details.role)}.`,
  role_changed: ({ who, whom }, { details }) =>
    `${who} made ${whom ?? (who === 'You' ? 'yourself' : 'themselves')} ${roleWord(details.to)}, before ${roleWord(details.from)}.`,
  member_removed: ({ who, whom }) =>
    whom === undefined ? `${who} left the account.` : `${who} removed ${whom} from the account.`,
  plan_changed: ({ who }, entry) => planSentence(who, entry),
  endpoint_disabled: () => 'Telling a service was stopped.',
  endpoint_enabled: () => 'A service is told again.',
  delivery_replayed: () => 'A service was told once more.',
  signing_key_rotated: () => 'All signing keys of the site were withdrawn, and a new one signs.',
} as const satisfies Record<AuditAct, (cast: Cast, entry: AuditRecord) => string>

const why = ({ reason, at, actor }: AuditRecord): string => {
  if (reason === null) return 'the provider’s answer was not good enough'
  const { title } = inWords(reason, { at, actor })
  return title[0]?.toLowerCase() + title.slice(1)
}

const ofWhom = (whom: string | undefined): string =>
  whom === undefined ? 'somebody' : whom === 'you' || whom === 'You' ? 'yours' : whom

const whose = ({ who, whom }: Cast): string =>
  whom === undefined
    ? who === 'You'
      ? 'your own'
      : 'their own'
    : whom === 'you'
      ? 'your'
      : `${whom}’s`

/** What one line of the audit log tells, as a sentence for people. */
export const entryInWords = (entry: AuditRecord, cast: Cast): string =>
  SENTENCES[entry.act](cast, entry)

/** Finds out who is who in an entry, for whoever reads it. */
export function castOf(
  { actor, byUserId, userId }: AuditRecord,
  reader: string,
  nameOf: (userId: string) => string,
): Cast {
  const by = byUserId ?? (actor === 'user' ? userId : null)
  const who =
    by === null
      ? actor === 'admin'
        ? 'An administrator'
        : 'Latchkey'
      : by === reader
        ? 'You'
        : nameOf(by)
  const whom =
    userId === null || userId === by ? undefined : userId === reader ? 'you' : nameOf(userId)
  return { who, whom }
}
