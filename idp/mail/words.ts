import { exactTime } from '../../ui/time.tsx'
import type { SignedLinks } from '../links/signed-link.ts'
import { offerAddress } from '../plans/offer-link.ts'
import type { MailContent, PlanOffer } from '../store/records.ts'
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
  trial_ends_soon: ({ account, endsAt, offer }, writing) => ({
    subject: `The trial of ${inLine(account)} ends soon`,
    text: `The trial of ${inLine(account)} ends on ${exactTime(endsAt)}.

${offers(offer, writing)}`,
  }),
  payment_due: ({ account, ended, plan, graceEndsAt, offer }, writing) => ({
    subject:
      ended === 'trial'
        ? `The trial of ${inLine(account)} has ended`
        : `A payment for ${inLine(account)} is due`,
    text: `${
      ended === 'trial'
        ? `The trial of ${inLine(account)} has ended, and no plan has been paid.`
        : `The period of ${inLine(account)} (plan ${plan}) that was paid is over, and the next one has not been paid.`
    }
Unless it is, the plan is canceled on ${exactTime(graceEndsAt)}.

${offers(offer, writing)}`,
  }),
  plan_canceled: ({ account, plan }, { url }) => ({
    subject: `The plan of ${inLine(account)} is canceled`,
    text: `The plan of ${inLine(account)} (${plan}) is canceled, because it was not paid, or because
somebody who may do so asked for it to end now. The account stays, with everything in it.

To choose a plan again, sign in at ${url}/account/plan`,
  }),
  reuse_detected: ({ at }, { url }) => ({
    subject: 'We signed one of your devices out: somebody may have copied its sign-in',
    text: `On ${exactTime(at)}, a sign-in of yours was used that had been used up before. Mostly
that means that somebody copied it, so we ended it at once: whoever had the copy is out, and
so is the device that it was copied from. Nothing else of yours was ended.

Sign in on that device again. To look through your devices, and to end those that you don't
know, sign in at ${url}/account/devices

If you don't trust the device any more, change your password as well.`,
  }),
} as const satisfies {
  readonly [K in MailContent['kind']]: (
    content: Extract<MailContent, { kind: K }>,
    writing: Writing,
  ) => MailWords
}

/** One link for each plan: what it does is seen on its page, and done only by a press there. */
const offers = (
  { plans, expiresAt, choices, userId, accountId }: PlanOffer,
  writing: Writing,
): string => {
  const links = plans.map(({ name, label, price }) => {
    const offer = { accountId, userId, choices, plan: name }
    return `${label}, ${price}:\n${offerAddress(writing.links, writing.url, offer, expiresAt)}`
  })
  return `To choose a plan, open its link, without signing in. It asks once more before it does anything,
charges nothing, and is good for you alone until ${exactTime(expiresAt)}, and once: don't
forward this mail.

${links.join('\n\n')}

To cancel, or to see how things stand, sign in at ${writing.url}/account/plan`
}

const ROLE_WORDS = { owner: 'an owner', admin: 'an administrator', member: 'a member' } as const

/** Subject and text; its links are signed here, in the moment of sending, and kept nowhere. */
export function mailInWords(content: MailContent, writing: Writing): MailWords {
  switch (content.kind) {
    case 'invitation':
      return WORDS.invitation(content, writing)
    case 'trial_ends_soon':
      return WORDS.trial_ends_soon(content, writing)
    case 'payment_due':
      return WORDS.payment_due(content, writing)
    case 'plan_canceled':
      return WORDS.plan_canceled(content, writing)
    case 'reuse_detected':
      return WORDS.reuse_detected(content, writing)
  }
}
