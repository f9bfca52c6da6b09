import { createHash } from 'node:crypto'
import type Koa from 'koa'
import { renderToString } from 'preact-render-to-string'
import { Page } from './page.tsx'
import { STYLE_SOURCE } from './style.ts'

const SUBMIT = 'document.forms[0].submit()'

const POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; script-src 'sha256-${createHash('sha256').update(SUBMIT).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`

/**
 * OAuth 2.0 Form Post Response Mode: the browser posts the answer, by itself where scripts run. An
 * answer to a hidden frame never comes this way, so that no frame is allowed.
 */
export function sendFormPost(
  ctx: Pick<Koa.Context, 'set' | 'status' | 'type' | 'body'>,
  to: string,
  answer: Readonly<Record<string, string>>,
): void {
  ctx.status = 200
  ctx.set('content-security-policy', POLICY)
  ctx.type = 'html'
  ctx.body = `<!doctype html>${renderToString(
    <Page title="Going back to the application">
      <h1>Going back to the application</h1>
      <form method="post" action={to}>
        {Object.entries(answer).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <button class="main" type="submit">
          Continue
        </button>
      </form>
      <script dangerouslySetInnerHTML={{ __html: SUBMIT }} />
    </Page>,
  )}`
}
