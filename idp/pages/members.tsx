import type { JSX } from 'preact'
import { type Duration, fromSeconds, type Moment } from '../../clock/moment.ts'
import type { Member, MyMembers, OpenInvitation } from '../../protocol/my-members.ts'
import { ROLES, type Role } from '../../protocol/plan.ts'
import { Page } from '../../ui/page.tsx'
import { exactTime, Time } from '../../ui/time.tsx'
import { mayChange, mayInvite } from '../accounts/roles.ts'
import { AccountLinks, ProveFirst } from './account-links.tsx'
import { ROLE_NAMES } from './role-words.ts'

const HERE = '/account/members'

/** What the forms of this page ask for. */
export const MEMBER_ACTS = ['role', 'remove', 'invite', 'withdraw'] as const

export type MemberAct = (typeof MEMBER_ACTS)[number]

interface MembersProps {
  /** Name of the account. */
  readonly account: string
  readonly role: Role
  readonly listed: MyMembers
  readonly fresh: boolean
  readonly now: Moment
  readonly signInPath: string
  readonly ahead: Duration | undefined
}

/** Who belongs to the account, who was asked to, and what the reader may do about it. */
export function membersPage(props: MembersProps): JSX.Element {
  const { account, role, listed, fresh, now, signInPath, ahead } = props
  const you = listed.members.find((member) => member.you)
  const owners = listed.members.filter((member) => member.role === 'owner')
  const onlyOwner = role === 'owner' && owners.length === 1
  const alone = listed.members.length === 1
  return (
    <Page title="Members" ahead={ahead}>
      <AccountLinks here={HERE} />
      <h1>Members of {account}</h1>
      {!fresh && (!alone || role !== 'member') && (
        <ProveFirst signInPath={signInPath} here={HERE} what="Changing who belongs to it" />
      )}
      <ul class="list">
        {listed.members.map((member) => (
          <li key={member.user_id}>
            <OneMember member={member} now={now} />
            {fresh && !member.you && <Changes role={role} member={member} />}
          </li>
        ))}
      </ul>
      {mayInvite(role, 'member') && <Invitations {...props} invitations={listed.invitations} />}
      {fresh && you && !alone && (
        <>
          <h2>Leave {account}</h2>
          {onlyOwner ? (
            <p>You alone own it: make somebody else an owner first, or close the account.</p>
          ) : (
            <Act what="remove" name="member" value={you.user_id}>
              <p>Your sessions for this account end at once; those for other accounts go on.</p>
              <button class="quiet" type="submit">
                Leave {account}
              </button>
            </Act>
          )}
        </>
      )}
    </Page>
  )
}

function OneMember({
  member,
  now,
}: {
  readonly member: Member
  readonly now: Moment
}): JSX.Element {
  return (
    <>
      <h2>
        {member.name} {member.you && <span class="badge">you</span>}
      </h2>
      <p class="secondary">
        {ROLE_NAMES[member.role]}
        {member.email !== null && ` · ${member.email}`} · since{' '}
        <Time at={fromSeconds(member.since)} now={now} />
      </p>
    </>
  )
}

function Changes({ role, member }: { readonly role: Role; readonly member: Member }) {
  const others = ROLES.filter((one) => one !== member.role && mayChange(role, member.role, one))
  const { user_id, name } = member
  return (
    <div class="row">
      {others.map((one) => (
        <Act key={one} what="role" name="member" value={user_id}>
          <button class="quiet" type="submit" name="role" value={one}>
            Make {ROLE_NAMES[one].toLowerCase()}
            <span class="unseen">: {name}</span>
          </button>
        </Act>
      ))}
      {mayChange(role, member.role, null) && (
        <Act what="remove" name="member" value={user_id}>
          <button class="quiet" type="submit">
            Remove<span class="unseen"> {name}</span>
          </button>
        </Act>
      )}
    </div>
  )
}

function Invitations({
  account,
  role,
  invitations,
  fresh,
}: MembersProps & { readonly invitations: readonly OpenInvitation[] }): JSX.Element {
  return (
    <>
      {invitations.length > 0 && (
        <>
          <h2>Invited</h2>
          <ul class="list">
            {invitations.map(({ id, address, role: as, expires_at }) => (
              <li key={id}>
                <p>
                  {address} · {ROLE_NAMES[as].toLowerCase()} · until{' '}
                  {exactTime(fromSeconds(expires_at))}
                </p>
                <Act what="withdraw" name="invitation" value={id}>
                  <button class="quiet" type="submit">
                    Withdraw<span class="unseen"> the invitation of {address}</span>
                  </button>
                </Act>
              </li>
            ))}
          </ul>
        </>
      )}
      {fresh && (
        <>
          <h2>Invite somebody to {account}</h2>
          <form method="post" action={HERE} class="card">
            <label for="address">Their e-mail address</label>
            <input id="address" name="address" type="email" autocomplete="off" required />
            <label for="role">As</label>
            <select id="role" name="role">
              {ROLES.toReversed()
                .filter((one) => mayInvite(role, one))
                .map((one) => (
                  <option key={one} value={one}>
                    {ROLE_NAMES[one]}
                  </option>
                ))}
            </select>
            <button class="button" type="submit" name="do" value="invite">
              Invite
            </button>
          </form>
        </>
      )}
    </>
  )
}

function Act({
  what,
  name,
  value,
  children,
}: {
  readonly what: MemberAct
  readonly name: string
  readonly value: string
  readonly children: JSX.Element | readonly JSX.Element[]
}): JSX.Element {
  return (
    <form method="post" action={HERE}>
      <input type="hidden" name="do" value={what} />
      <input type="hidden" name={name} value={value} />
      {children}
    </form>
  )
}
