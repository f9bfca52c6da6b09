import type { CallbackVerdict } from '../ports.ts'

export interface CallbackPage {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The last page that the browser shows: what happened, and what to do now. No script, no requests. */
export function callbackPage(verdict: CallbackVerdict): CallbackPage {
  switch (verdict.kind) {
    case 'accepted':
      return page(200, 'Back to the app', 'You can close this window. The app goes on by itself.')
    case 'refused':
      return page(200, 'Not signed in', `${verdict.sentence} You can close this window.`)
    case 'foreign':
      return page(
        400,
        'Nothing to do here',
        'This address does not belong to the sign-in that the app is waiting for. Start it again from the app.',
      )
  }
}

/** For requests that are no callback at all. */
export const strayPage = (status: 404 | 405 | 421): CallbackPage =>
  page(
    status,
    'Nothing to do here',
    'This address takes the way back of a sign-in and nothing else.',
  )

function page(status: number, title: string, text: string): CallbackPage {
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} – Latchkey</title>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
</main>
</body>
</html>
`
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
    },
    body,
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
