import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { DAY, HOUR, SECOND } from '../../clock/moment.ts'
import { Page } from '../../ui/page.tsx'
import { pageHeaders, renderPage } from '../../ui/respond.ts'
import { exactTime, relativeTime } from '../../ui/time.tsx'

test('the policy allows the stylesheet of the page that is sent, and no script at all', () => {
  const html = renderPage(<Page title="Sign in">hello</Page>)
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = pageHeaders()['content-security-policy']
  expect(policy).toContain(`style-src 'sha256-${hash}'`)
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toContain('script-src')
})

test('what a page is given is text, never markup', () => {
  const html = renderPage(<Page title="<script>">{'<img src=x>'}</Page>)
  expect(html).not.toContain('<script>')
  expect(html).not.toContain('<img')
})

test('under a shifted clock every page says so', () => {
  expect(renderPage(<Page title="Sign in">hello</Page>)).not.toContain('clock +')
  const shifted = renderPage(
    <Page title="Sign in" ahead={14 * DAY}>
      hello
    </Page>,
  )
  expect(shifted).toContain('clock +14 days')
})

test.each([
  [13 * DAY, 'in 13 days'],
  [-2 * HOUR, '2 hours ago'],
  [-272 * SECOND, '5 minutes ago'],
  [-89 * SECOND, '89 seconds ago'],
  [0, 'now'],
  [-999, 'now'],
])('%d ms from now is said as "%s"', (distance, words) => {
  expect(relativeTime(1_000_000_000_000 + distance, 1_000_000_000_000)).toBe(words)
})

test('an exact time names its zone', () => {
  expect(exactTime(Date.UTC(2026, 10, 23, 12))).toMatch(/23 November 2026.*12:00.*UTC/)
})
