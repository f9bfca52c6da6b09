import { createHash } from 'node:crypto'

/** One stylesheet for all pages; system colours, so that light and dark come by themselves. */
export const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; background: Canvas; color: CanvasText; }
main { max-width: 24rem; margin: 10vh auto 2rem; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
p { margin: 0 0 1.25rem; }
form { display: grid; gap: .375rem; margin: 0 0 1.25rem; }
input { font: inherit; padding: .5rem .625rem; margin-bottom: .625rem; border: 1px solid GrayText; border-radius: .375rem; background: Field; color: FieldText; }
input[readonly] { background: transparent; }
.rememberMe { display: flex; gap: .5rem; align-items: center; margin-bottom: .375rem; }
.rememberMe input { margin: 0; width: 1.125rem; height: 1.125rem; }
button + label { margin-top: .625rem; }
[hidden] { display: none; }
button { font: inherit; padding: .5rem 1rem; margin-top: .25rem; border: 1px solid GrayText; border-radius: .375rem; background: transparent; color: inherit; cursor: pointer; }
button.main { background: light-dark(#1f4fd1, #9db8ff); color: light-dark(#fff, #0b1a3f); border-color: transparent; font-weight: 600; }
button:disabled { cursor: default; background: transparent; color: GrayText; border: 1px dashed GrayText; font-weight: 400; }
button.link { justify-self: start; padding: .25rem 0; border: 0; color: LinkText; text-decoration: underline; }
[role=status] { border-left: 4px solid light-dark(#1f4fd1, #9db8ff); padding: .5rem .75rem; margin: 0 0 1rem; }
:focus-visible { outline: 3px solid light-dark(#1f4fd1, #9db8ff); outline-offset: 2px; }
[role=alert] { border-left: 4px solid light-dark(#b3261e, #ffb4ab); padding: .5rem .75rem; margin: 0 0 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .875rem; }
`

/** Allows {@link STYLE} by its hash and nothing else (CSP 3 §6.7.2.4). */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`
