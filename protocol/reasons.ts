import { durationInWords } from '../clock/duration.ts'
import type { Duration, Moment } from '../clock/moment.ts'

/**
 * Why a session ended: one word, the same in the API's error, the webhook, the audit log, the
 * timeline and behind the sentence that the person reads (DESIGN §6).
 */
export const REASONS = [
  'idle_expired',
  'absolute_expired',
  'signed_out',
  'signed_out_elsewhere',
  'all_devices_signed_out',
  'logins_disabled',
  'password_reset',
  'account_closed',
  'membership_removed',
  'user_deleted',
  'reuse_detected',
  'device_mismatch',
  'superseded',
] as const

export type Reason = (typeof REASONS)[number]

/** Who ended it. */
export const ACTORS = ['user', 'admin', 'system'] as const

export type Actor = (typeof ACTORS)[number]

export const isReason = (word: unknown): word is Reason =>
  (REASONS as readonly unknown[]).includes(word)

/** What a sentence may need to know. What is missing is left out of the sentence. */
export interface ReasonDetails {
  /** When the session ended or the state began. */
  readonly at?: Moment | undefined
  /** IANA zone in which `at` is said; the reader's own by default. */
  readonly timeZone?: string | undefined
  /** The rolling window in force. */
  readonly idle?: Duration | undefined
  /** The absolute end in force, from sign-in. */
  readonly absolute?: Duration | undefined
  /** Name of the account concerned. */
  readonly account?: string | undefined
  /** Who can undo it. */
  readonly actor?: Actor | undefined
}

export interface ReasonInWords {
  readonly title: string
  readonly sentence: string
  /** What the person can do; `undefined` when there is nothing. */
  readonly action: 'Sign in' | 'Use another account' | undefined
}

const on = ({ at, timeZone }: ReasonDetails): string => {
  if (at === undefined) return ''
  const said = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'long',
    timeStyle: 'short',
    ...(timeZone ? { timeZone } : {}),
  }).format(at)
  return ` on ${said}`
}

const span = (duration: Duration | undefined, otherwise: string): string =>
  duration === undefined ? otherwise : durationInWords(duration)

const WORDS = {
  idle_expired: (details) => ({
    title: 'It has been a while',
    sentence: `You hadn't used Latchkey on this device for ${span(details.idle, 'some time')}, so we signed you out to keep your account safe.`,
    action: 'Sign in',
  }),
  absolute_expired: (details) => ({
    title: 'Time to confirm it’s you',
    sentence: `We ask everyone to sign in again after ${span(details.absolute, 'some months')}, however often they use the app.`,
    action: 'Sign in',
  }),
  signed_out: () => ({
    title: 'Signed out',
    sentence: 'This device no longer holds anything of your account.',
    action: 'Sign in',
  }),
  signed_out_elsewhere: (details) => ({
    title: 'Signed out from another device',
    sentence: `You, or someone with access to your account, ended this device's session${on(details)}.`,
    action: 'Sign in',
  }),
  all_devices_signed_out: (details) => ({
    title: 'All devices signed out',
    sentence: `Every device was signed out${on(details)}.`,
    action: 'Sign in',
  }),
  logins_disabled: (details) => ({
    title: 'Signing in is switched off',
    sentence: `Logins are disabled for this identity${details.at === undefined ? '' : ` since${on(details).slice(3)}`}. ${
      details.actor === 'user' ? 'You switched them off. ' : ''
    }An administrator can switch them on again.`,
    action: undefined,
  }),
  password_reset: (details) => ({
    title: 'Your password was changed',
    sentence: `All devices were signed out when the password was changed${on(details)}.`,
    action: 'Sign in',
  }),
  account_closed: (details) => ({
    title: 'This account is closed',
    sentence: `${details.account ?? 'The account'} was closed${on(details)}.`,
    action: 'Use another account',
  }),
  membership_removed: (details) => ({
    title:
      details.actor === 'user'
        ? `You left ${details.account ?? 'the account'}`
        : `You were removed from ${details.account ?? 'the account'}`,
    sentence: `${
      details.actor === 'user' ? 'You' : 'An administrator'
    } ended your membership${on(details)}.`,
    action: 'Use another account',
  }),
  user_deleted: () => ({
    title: 'This user no longer exists',
    sentence: 'The user you signed in as has been deleted.',
    action: undefined,
  }),
  reuse_detected: () => ({
    title: 'Signed out for your safety',
    sentence:
      "An old copy of this device's sign-in was used. That can be a restored backup, or a thief. Only this device was signed out.",
    action: 'Sign in',
  }),
  device_mismatch: () => ({
    title: 'Signed out for your safety',
    sentence:
      "Your sign-in was presented by a device that it doesn't belong to. Only this device's session was ended.",
    action: 'Sign in',
  }),
  superseded: () => ({
    title: 'Signed in again elsewhere on this device',
    sentence: 'A newer sign-in on this device took over.',
    action: 'Sign in',
  }),
} as const satisfies Record<Reason, (details: ReasonDetails) => ReasonInWords>

/** The title, sentence and action that a person reads (notes/screens.md). */
export const inWords = (reason: Reason, details: ReasonDetails = {}): ReasonInWords =>
  WORDS[reason](details)

/** The same of an ending that may have no reason: no party said one, but what kept the person signed in was lost. */
export const endingInWords = (
  ended: ReasonDetails & { readonly reason?: Reason | undefined },
): ReasonInWords =>
  ended.reason === undefined
    ? {
        title: 'Signed out',
        sentence: 'What kept you signed in on this device is gone. Sign in again.',
        action: 'Sign in',
      }
    : inWords(ended.reason, ended)
