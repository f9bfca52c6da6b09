import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import type { Role } from '../../protocol/plan.ts'
import { Page } from '../../ui/page.tsx'
import type { Choice } from '../sign-in/chooser.ts'

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
