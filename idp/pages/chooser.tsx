import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import type { Role } from '../../protocol/plan.ts'
import { Page } from '../../ui/page.tsx'
import type { OpenedInvitation } from '../accounts/invitations.ts'
import type { Choice } from '../sign-in/chooser.ts'
import { AS_ROLE } from './role-words.ts'

const ROLE_WORDS = {
  owner: 'You own it',
  admin: 'You help to run it',
  member: 'You are a member',
} as const satisfies Record<Role, string>

/** Which account to act for; one button each, so that it needs no second press and no script. */
export function chooserPage({
  choice,
  action,
  ahead,
}: {
  readonly choice: Choice
  readonly action: string
  readonly ahead: Duration | undefined
}): JSX.Element {
  if (choice.invitation) return joinPage(choice, choice.invitation, action, ahead)
  return (
    <Page title="Choose an account" ahead={ahead}>
      <h1>Choose an account</h1>
      <p>You belong to more than one. Which one do you want to use now?</p>
      <form method="post" action={action}>
        <input type="hidden" name="signin" value={choice.signIn.id} />
        <ul class="list">
          {choice.accounts.map(({ account, membership }) => (
            <li key={account.id}>
              <button class="button wide" type="submit" name="account" value={account.id}>
                {account.name}
              </button>
              <p class="secondary">
                {ROLE_WORDS[membership.role]} · plan {account.subscription.plan}
              </p>
            </li>
          ))}
        </ul>
      </form>
    </Page>
  )
}

/** For somebody who has no account to choose from, and is invited to one. */
const joinPage = (
  { signIn }: Choice,
  { invitation, account, inviter }: OpenedInvitation,
  action: string,
  ahead: Duration | undefined,
): JSX.Element => (
  <Page title={`Join ${account.name}`} ahead={ahead}>
    <h1>Join {account.name}?</h1>
    <p>
      {inviter} invites you to join {account.name} {AS_ROLE[invitation.role]}. You have no other
      open account here, so without it you can’t be signed in.
    </p>
    <form method="post" action={action}>
      <input type="hidden" name="signin" value={signIn.id} />
      <button class="button" type="submit" name="account" value={account.id}>
        Join {account.name}
      </button>
    </form>
  </Page>
)
