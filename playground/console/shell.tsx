import { createHash } from 'node:crypto'
import type { JSX } from 'preact'
import { pageHeaders } from '../../ui/respond.ts'
import { STYLE } from '../../ui/style.ts'
import { CONSOLE_STYLE } from './page/style.ts'

const SHEET = `${STYLE}${CONSOLE_STYLE}`

/** What the page is before its script draws it; without one it says where the same is to be had. */
export function Shell(): JSX.Element {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Console – Latchkey playground</title>
        <link rel="icon" href="data:," />
        <style>{SHEET}</style>
        <script type="module" src="/console.js" />
      </head>
      <body>
        <noscript>
          <p>
            The console draws what happens as it happens, and needs its script for that. The same by
            HTTP: <a href="/openapi.json">/openapi.json</a>, and as text{' '}
            <a href="/timeline">/timeline</a>.
          </p>
        </noscript>
      </body>
    </html>
  )
}

/** As every page of the house, and besides: our own script, and what it asks of this console. */
export const SHELL_HEADERS: Record<string, string> = {
  ...pageHeaders(),
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(SHEET).digest('base64')}'`,
    "script-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
}
