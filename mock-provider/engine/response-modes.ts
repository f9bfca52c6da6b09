import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { sendFormPost } from '../pages/form-post.tsx'

/** The engine's own three can't be replaced: ours stand beside them, and it is told to use those. */
export const OUR_MODES = {
  query: 'b2c.query',
  fragment: 'b2c.fragment',
  form_post: 'b2c.form_post',
} as const

export type ResponseMode = keyof typeof OUR_MODES

/** What goes back to the application. */
export type Answer = Readonly<Record<string, string>>

const SEND = {
  query(ctx, redirectUri, answer) {
    const to = new URL(redirectUri)
    for (const [name, value] of Object.entries(answer)) to.searchParams.set(name, value)
    redirect(ctx, to)
  },
  fragment(ctx, redirectUri, answer) {
    const to = new URL(redirectUri)
    to.hash = new URLSearchParams(answer).toString()
    redirect(ctx, to)
  },
  form_post: sendFormPost,
} satisfies Record<
  ResponseMode,
  (ctx: KoaContextWithOIDC, redirectUri: string, answer: Answer) => void
>

/** @param reword - makes B2C's answer of the engine's, or B2C's error of its error */
export function answerIn(
  provider: Provider,
  reword: (ctx: KoaContextWithOIDC, answer: Answer) => Answer,
): void {
  for (const [mode, send] of Object.entries(SEND)) {
    provider.registerResponseMode(`b2c.${mode}`, (ctx, redirectUri, payload) => {
      const answer = Object.entries(payload).map(([name, value]) => [name, String(value)])
      send(ctx, redirectUri, reword(ctx, Object.fromEntries(answer)))
    })
  }
}

function redirect(ctx: KoaContextWithOIDC, to: URL): void {
  ctx.redirect(to.href)
  ctx.status = 303
}
