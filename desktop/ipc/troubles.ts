/** Why nothing can be kept beyond the end of the app. */
export const TROUBLES = [
  'no_library',
  'no_bus',
  'no_service',
  'locked',
  'cancelled',
  'slow',
  'lost',
  'failing',
  'not_encrypted',
] as const

export type Trouble = (typeof TROUBLES)[number]

export interface TroubleInWords {
  readonly title: string
  readonly sentence: string
}

const MEANING = 'Until that changes, a sign-in lasts no longer than the app is open.'

const WORDS = {
  no_library: {
    title: 'This computer’s keychain can’t be used',
    sentence: `A part that Latchkey needs for it is missing (on Linux: libsecret). ${MEANING}`,
  },
  no_bus: {
    title: 'There is no keychain here',
    sentence: `This session has no message bus, and so no keychain can be reached. ${MEANING}`,
  },
  no_service: {
    title: 'There is no keychain here',
    sentence: `No program keeps secrets on this computer, e.g. GNOME Keyring or KWallet. ${MEANING}`,
  },
  locked: {
    title: 'Your keychain is locked',
    sentence: `Unlock it and try again: whoever was signed in is so again then. ${MEANING}`,
  },
  cancelled: {
    title: 'Your keychain was not unlocked',
    sentence: `Try again when you want to unlock it. ${MEANING}`,
  },
  slow: {
    title: 'Your keychain doesn’t answer',
    sentence: `It may be waiting for you in another window. ${MEANING}`,
  },
  lost: {
    title: 'Your keychain was restarted',
    sentence: `What was kept in it can’t be reached just now. ${MEANING}`,
  },
  failing: {
    title: 'Your keychain refuses to keep anything',
    sentence: `It answered with an error. ${MEANING}`,
  },
  not_encrypted: {
    title: 'Nothing can be kept safely here',
    sentence: `This computer has no secret to encrypt with, and Latchkey writes no plain file. ${MEANING}`,
  },
} as const satisfies Record<Trouble, TroubleInWords>

export const troubleInWords = (trouble: Trouble): TroubleInWords => WORDS[trouble]
