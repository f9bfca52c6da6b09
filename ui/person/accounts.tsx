import type { JSX } from 'preact'
import type { MyAccounts } from '../../protocol/my-accounts.ts'

/** For whom this session acts; shown when there is a choice. */
export function Accounts({
  accounts,
  use,
}: {
  readonly accounts: MyAccounts['accounts'] | undefined
  readonly use: (id: string) => void
}): JSX.Element | null {
  if (!accounts || accounts.length < 2) return null
  return (
    <>
      <h2>Accounts</h2>
      <ul class="list">
        {accounts.map(({ id, name, role, current }) => (
          <li key={id} class="row">
            <span>
              {name} <span class="secondary">{role}</span>
            </span>
            {current ? (
              <span class="badge">in use</span>
            ) : (
              <button type="button" onClick={() => use(id)}>
                Use {name}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
