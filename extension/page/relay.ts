import * as v from 'valibot'
import { browser } from '../platform.ts'

/*
 * Runs in pages that the person allowed, and passes on what they ask for. It sees questions and answers, and
 * no token: those stay in the background. Listened to in the page's own window alone.
 */

const Request = v.object({
  latchkey: v.literal('request'),
  number: v.number(),
  path: v.pipe(v.string(), v.regex(/^\/(?![/\\])/)),
})

window.addEventListener('message', async (event) => {
  if (event.source !== window || event.origin !== location.origin) return
  const request = v.safeParse(Request, event.data)
  if (!request.success) return
  const { number, path } = request.output
  const answer = await browser.runtime
    .sendMessage({ latchkey: 'page_request', with: { path } })
    .catch(() => ({ kind: 'refused', sentence: 'The extension did not answer. Try again.' }))
  window.postMessage({ latchkey: 'answer', number, answer }, location.origin)
})
