import type { ComponentChildren, VNode } from 'preact'
import { STYLE } from './style.ts'

/** The shell of every page. */
export const Page = (props: { title: string; children: ComponentChildren }): VNode => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{props.title}</title>
      {/* As it is: escaped text would not match the policy's hash. */}
      <style dangerouslySetInnerHTML={{ __html: STYLE }} />
    </head>
    <body>
      <main>{props.children}</main>
    </body>
  </html>
)

/** What went wrong, said and focused at once, without a script. */
export const Problem = (props: { text: string | undefined }): VNode | null =>
  props.text === undefined ? null : (
    <div role="alert" tabIndex={-1} autofocus>
      {props.text}
    </div>
  )

/** The hidden field that must agree with the cookie. */
export const Csrf = (props: { token: string }): VNode => (
  <input type="hidden" name="csrf_token" value={props.token} />
)
