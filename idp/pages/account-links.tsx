import type { JSX } from 'preact'

/** The pages of an account, in the order in which they are offered. */
const PAGES = [
  ['/account', 'Account'],
  ['/account/devices', 'Devices'],
  ['/account/logins', 'Logins'],
  ['/account/members', 'Members'],
  ['/account/plan', 'Plan'],
  ['/account/activity', 'Activity'],
] as const

/** Pages that others lead to, and the navigation doesn't. */
type FurtherPath = '/account/close' | '/account/delete'

export type AccountPath = (typeof PAGES)[number][0] | FurtherPath

/** From one page of the account to the others. */
export function AccountLinks({ here }: { readonly here: AccountPath }): JSX.Element {
  return (
    <nav aria-label="Your account">
      <p class="row">
        {PAGES.map(([path, name]) => (
          <a key={path} href={path} aria-current={path === here ? 'page' : undefined}>
            {name}
          </a>
        ))}
        {/* Asks before it does anything; on every page, as ASVS 7.4.4 wants it. */}
        <a href="/signout">Sign out</a>
      </p>
    </nav>
  )
}

/** Said where a change takes a fresh sign-in, which then comes back here. */
export function ProveFirst({
  signInPath,
  here,
  what,
}: {
  readonly signInPath: string
  readonly here: AccountPath
  readonly what: string
}): JSX.Element {
  return (
    <section class="card">
      <p>{what} takes a sign-in of the last ten minutes. You will come back to this page.</p>
      <p>
        <a class="button" href={`${signInPath}?${new URLSearchParams({ return_to: here })}`}>
          Sign in again
        </a>
      </p>
    </section>
  )
}
