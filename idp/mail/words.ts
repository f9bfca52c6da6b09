import { exactTime } from '../../ui/time.tsx'
import type { SignedLinks } from '../links/signed-link.ts'
import type { MailContent } from '../store/records.ts'
import { inLine } from './message.ts'

/** What mails are written with: where the site is, and how its links are signed. */
export interface Writing {
  readonly url: string
  readonly links: SignedLinks
}

export interface MailWords {
  readonly subject: string
  readonly text: string
}

/** Where the link of an invitation leads. */
export const INVITATION_PATH = '/invitation'

const WORDS = {
  invitation: ({ invitationId, account, inviter, role, expiresAt }, { url, links }) => {
    const signed = links.sign({ purpose: 'invitation', subject: invitationId, expiresAt })
    return {
      subject: `${inLine(inviter)} invites you to ${inLine(account)}`,
      text: `${inLine(inviter)} invites you to join ${inLine(account)} on Latchkey as ${ROLE_WORDS[role]}.

To read more, and to accept, open

${url}${INVITATION_PATH}/${signed}

and sign in, with whichever address you like. The invitation is good until
${exactTime(expiresAt)}, and once.

If you don't know what this is about, do nothing: opening the link alone changes nothing.`,
    }
  },
} as const satisfies {
  readonly [K in MailContent['kind']]: (
    content: Extract<MailContent, { kind: K }>,
    writing: Writing,
  ) => MailWords
}

const ROLE_WORDS = { owner: 'an owner', admin: 'an administrator', member: 'a member' } as const

/** Subject and text; its links are signed here, in the moment of sending, and kept nowhere. */
export function mailInWords(content: MailContent, writing: Writing): MailWords {
  switch (content.kind) {
    case 'invitation':
      return WORDS.invitation(content, writing)
  }
}
