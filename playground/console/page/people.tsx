import type { JSX } from 'preact'
import type { Moment } from '../../../clock/moment.ts'
import { Time } from '../../../ui/time.tsx'
import { PASSWORD } from '../../people.ts'
import type { AccountShown, PersonShown, SessionShown } from '../../scene.ts'
import { AskFirst, Press, useDoing } from './actions.tsx'

const STATES = {
  active: ['✓', 'good', 'may sign in'],
  logins_disabled: ['✕', 'bad', 'logins are off'],
  no_new_logins: ['!', 'warn', 'no new logins, until tokens run out'],
  no_open_account: ['✕', 'bad', 'turned away: no open account'],
  deleted: ['✕', 'bad', 'deleted'],
} as const satisfies Record<PersonShown['state'], readonly [string, string, string]>

export function People({
  people,
  now,
}: {
  readonly people: readonly PersonShown[]
  readonly now: Moment
}): JSX.Element {
  return (
    <section aria-labelledby="people">
      <h2 id="people">People and devices</h2>
      <p class="secondary">
        Everyone’s password is <code>{PASSWORD}</code>, until they reset it. What is done here, an
        administrator does.
      </p>
      <ul class="list">
        {people.map((person) => (
          <Person key={person.id} person={person} now={now} />
        ))}
      </ul>
    </section>
  )
}

function Person({
  person: { id, name, email, state, accounts, sessions },
  now,
}: {
  readonly person: PersonShown
  readonly now: Moment
}): JSX.Element {
  const [shape, tone, words] = STATES[state]
  return (
    <li>
      <h3>{name || 'Somebody deleted'}</h3>
      <p>
        {email}{' '}
        <span class={`word ${tone}`}>
          <span aria-hidden="true">{shape}</span> {words}
        </span>
      </p>
      {accounts.map(({ id: account, name: of, role, plan, status, closed }) => (
        <p key={account}>
          <strong>{of}</strong> ({role}): {plan}, {status.replace('_', ' ')}
          {closed && (
            <>
              ,{' '}
              <span class="word bad">
                <span aria-hidden="true">✕</span> closed
              </span>
            </>
          )}
        </p>
      ))}
      {sessions.map((session) => (
        <Session key={session.id} session={session} now={now} />
      ))}
      {state !== 'deleted' && (
        <details>
          <summary>What can be done to {name}</summary>
          <div class="row">
            {state === 'active' || state === 'no_open_account' ? (
              <>
                <Press of={name} does={({ people }) => people.disable(id, 'now')}>
                  Logins off now
                </Press>
                <Press of={name} does={({ people }) => people.disable(id, 'expiry')}>
                  … when tokens run out
                </Press>
              </>
            ) : (
              <Press of={name} does={({ people }) => people.enable(id)}>
                Logins on
              </Press>
            )}
            <Press of={name} does={({ people }) => people.resetPassword(id)}>
              Reset password
            </Press>
            <AskFirst
              of={name}
              question={`Delete ${name}? There is no way back but a reset of everything.`}
              does={({ people }) => people.delete(id)}
            >
              Delete…
            </AskFirst>
          </div>
          {accounts.map((account) => (
            <Account key={account.id} account={account} />
          ))}
        </details>
      )}
    </li>
  )
}

function Session({
  session: { id, device, platform, refreshed_at, idle_ends_at, absolute_ends_at, purge },
  now,
}: {
  readonly session: SessionShown
  readonly now: Moment
}): JSX.Element {
  return (
    <p>
      <strong>{device}</strong> ({platform}), used <Time at={refreshed_at} now={now} />, runs out{' '}
      <Time at={Math.min(idle_ends_at, absolute_ends_at)} now={now} />
      {purge && (
        <>
          , purge{' '}
          <span class={`word ${purge.outcome === 'proven' ? 'good' : 'warn'}`}>
            {purge.outcome === 'proven' ? '✓ proven' : '! not proven'}
          </span>
        </>
      )}{' '}
      <Press of={device} does={({ sessions }) => sessions.end(id)}>
        End it
      </Press>
    </p>
  )
}

const PLANS = ['trial', 'pro', 'team'] as const

function Account({
  account: { id, name, plan, closed },
}: {
  readonly account: AccountShown
}): JSX.Element {
  const { act } = useDoing()
  const set = (to: string) => act(({ accounts }) => accounts.putOn(id, to))
  return (
    <div class="row">
      {!closed && (
        <label class="inline">
          Plan of {name}{' '}
          <select value={plan} onChange={({ currentTarget }) => void set(currentTarget.value)}>
            {PLANS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      )}
      {closed ? (
        <Press of={name} does={({ accounts }) => accounts.reopen(id)}>
          Open again
        </Press>
      ) : (
        <AskFirst
          of={name}
          question={`Close the account ${name}? Its sessions end.`}
          does={({ accounts }) => accounts.close(id)}
        >
          Close…
        </AskFirst>
      )}
    </div>
  )
}
