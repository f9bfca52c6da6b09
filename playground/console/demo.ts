import { createHash } from 'node:crypto'

const SCRIPT = `
let number = 0
const said = document.querySelector('output')
document.querySelector('button').addEventListener('click', () => {
  said.textContent = 'Asked. No answer means: this page is not allowed yet.'
  window.postMessage({ latchkey: 'request', number: ++number, path: '/hello' }, location.origin)
})
window.addEventListener('message', (event) => {
  if (event.source !== window || event.data?.latchkey !== 'answer') return
  said.textContent = JSON.stringify(event.data.answer, null, 2)
})
`

/**
 * A page of some web application, which calls the sample service through the browser extension: it asks, and
 * gets the answer; the access token stays in the extension.
 */
export const DEMO_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>A page that calls a service</title>
<style>body { font: 15px/22px system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem } pre { white-space: pre-wrap }</style>
<h1>A page that calls a service</h1>
<p>Sign in by the extension, allow this page in its options, load it again, and press the button.</p>
<button type="button">Call the service</button>
<pre><output aria-live="polite"></output></pre>
<script>${SCRIPT}</script>
`

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

export const DEMO_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${hashOf(DEMO_PAGE.match(/<style>(.*?)<\/style>/s)?.[1] ?? '')}; script-src ${hashOf(SCRIPT)}; frame-ancestors 'none'; base-uri 'none'`,
  'cache-control': 'no-store',
} as const
