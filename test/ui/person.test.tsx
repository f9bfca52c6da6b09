import { renderToString } from 'preact-render-to-string'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, toSeconds } from '../../clock/moment.ts'
import { REASONS } from '../../protocol/reasons.ts'
import { Logins } from '../../ui/person/logins.tsx'
import { Problem } from '../../ui/person/problem.tsx'
import { SignedOut } from '../../ui/person/signed-out.tsx'
import { SessionDeadlines } from '../../ui/session-deadlines.tsx'

const NOW = Date.UTC(2026, 10, 24, 12)
const nothing = () => {}

/** What is read, without the markup. */
const text = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

const signedOut = (ended: Parameters<typeof SignedOut>[0]['ended']) =>
  text(renderToString(<SignedOut ended={ended} signIn={nothing} />))

test.each(REASONS)('%s: a title, a sentence and one thing to do', (reason) => {
  const html = renderToString(<SignedOut ended={{ reason }} signIn={nothing} />)
  expect(html).toMatch(/<h1>.+<\/h1><p>.+<\/p>/)
  expect(html.match(/<button/g)).toHaveLength(1)
})

test('signed out: nobody was in, what was kept is lost, and the lifetimes that were in force', () => {
  expect(signedOut(undefined)).toContain('Sign in to Latchkey')
  expect(signedOut({})).toContain('is gone')
  expect(signedOut({ reason: 'idle_expired', idle: 3 * DAY })).toContain('for 3 days')
})

test('before signing in is switched off, it says until when anything can still work', () => {
  const logins = { disabled: null, works_until: toSeconds(NOW + HOUR) }
  const html = text(renderToString(<Logins logins={logins} now={NOW} disable={nothing} />))
  expect(html).toMatch(/24 November 2026 at 13:00 UTC.*When what is signed in runs out/)
  expect(html).toContain('in 1 hour')
  const none = { disabled: null, works_until: null }
  expect(text(renderToString(<Logins logins={none} now={NOW} disable={nothing} />))).not.toContain(
    'latest moment',
  )
})

test('a problem that a fresh sign-in mends offers one; another does not', () => {
  const problem = { sentence: 'Sign in first.', signInFirst: true } as const
  expect(renderToString(<Problem problem={problem} signIn={nothing} />)).toContain('Sign in again')
  const other = { title: 'You were not signed in', sentence: 'Logins are disabled.' }
  const html = renderToString(<Problem problem={other} signIn={nothing} />)
  expect(html).toContain('You were not signed in')
  expect(html).not.toContain('<button')
})

describe('the three deadlines', () => {
  const session = {
    signed_in_at: toSeconds(NOW),
    refreshed_at: toSeconds(NOW),
    idle_ends_at: toSeconds(NOW + 14 * DAY),
    absolute_ends_at: toSeconds(NOW + 180 * DAY),
  }
  const at = (now: number) =>
    text(
      renderToString(<SessionDeadlines session={session} refreshDueAt={NOW + HOUR} now={now} />),
    ).replace(/ ?\([^)]*\)/g, '')

  test('minute 20: each is ahead', () => {
    const words = at(NOW + HOUR / 3)
    expect(words).toContain('it renews itself in 40 minutes')
    expect(words).toContain('use it, it ends in 14 days')
    expect(words).toContain('However often you use it, it ends in 180 days')
  })

  test('hour 3: it renews itself at once, and nothing is said to happen in the past', () => {
    expect(at(NOW + 3 * HOUR)).toContain('it renews itself at once')
    expect(at(NOW + 200 * DAY)).not.toContain('ago')
    expect(at(NOW + 200 * DAY)).toContain('Its whole time is over')
  })
})
