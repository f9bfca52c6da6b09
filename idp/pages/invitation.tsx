import type { JSX } from 'preact'
import type { Duration } from '../../clock/moment.ts'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { exactTime } from '../../ui/time.tsx'
import { INVITATION_WORDS, type OpenedInvitation } from '../accounts/invitations.ts'
import type { User } from '../store/records.ts'
import { SWITCH_PATH } from './account.tsx'
import { AS_ROLE } from './role-words.ts'

const HERE = '/account/invitation'

interface InvitationProps {
  readonly opened: OpenedInvitation
  /** Who is signed in in this browser, if anybody. */
  readonly reader: { readonly user: User; readonly belongs: boolean } | undefined
  readonly signInPath: string
  readonly ahead: Duration | undefined
}

/** Who invites to what, for whoever opened the link from the mail; nothing happens before they say yes. */
export function invitationPage(props: InvitationProps): JSX.Element {
  const { opened, reader, ahead } = props
  const { account, standing } = opened
  if (reader?.belongs) return <Belongs {...props} />
  return (
    <Page title="Invitation" ahead={ahead}>
      <h1>{standing === 'open' ? `You are invited to ${account.name}` : 'Invitation'}</h1>
      {standing === 'open' ? (
        <Open {...props} />
      ) : (
        <Notice tone="warn" title="You can’t accept this any more">
          <p>{INVITATION_WORDS[standing]}</p>
        </Notice>
      )}
    </Page>
  )
}

function Open({ opened, reader, signInPath }: InvitationProps): JSX.Element {
  const { invitation, account, inviter } = opened
  const signIn = `${signInPath}?${new URLSearchParams({ return_to: HERE })}`
  return (
    <>
      <p>
        {inviter} invites you to join {account.name} {AS_ROLE[invitation.role]}. The mail went to{' '}
        {invitation.address}; you may sign in with any address. It can be accepted once, until{' '}
        {exactTime(invitation.expiresAt)}.
      </p>
      {reader ? (
        <>
          <form method="post" action={HERE}>
            <button class="button" type="submit">
              Accept as {reader.user.name}
            </button>
          </form>
          <p class="secondary">
            You are signed in as {reader.user.name}
            {reader.user.email !== null && ` (${reader.user.email})`}.{' '}
            <a href={signIn}>Sign in as somebody else</a>
          </p>
        </>
      ) : (
        <p>
          <a class="button" href={signIn}>
            Sign in to accept
          </a>
        </p>
      )}
    </>
  )
}

function Belongs({ opened: { account }, ahead }: InvitationProps): JSX.Element {
  return (
    <Page title={account.name} ahead={ahead}>
      <h1>You belong to {account.name}</h1>
      <p>Your apps offer it when they sign in; you can go on with it in this browser now.</p>
      <form method="post" action={SWITCH_PATH}>
        <button class="button" type="submit" name="account" value={account.id}>
          Go on with {account.name}
        </button>
      </form>
      <p>
        <a href="/account">Your account</a>
      </p>
    </Page>
  )
}
