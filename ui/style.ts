import { colourProperties } from './tokens.ts'

/**
 * The one stylesheet. Plain elements look right without a class; the classes are
 * `.card` (a group on raised ground), `.button` and `.quiet` (one thing to do, other things to do),
 * `.row` (things side by side that wrap), `.list` (rows with hairlines), `.secondary` (small and muted),
 * `.notice` with `.good .warn .bad`, `.badge`, and `.unseen` (for screen readers only).
 *
 * It is written into a `<style>` element as text, so it holds no `<`, `&` or double quote.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  ${colourProperties()}
  --radius: 8px;
  font: 15px/22px system-ui, sans-serif;
  background: var(--ground);
  color: var(--text);
  accent-color: var(--accent);
  -webkit-text-size-adjust: 100%;
}
*, ::before, ::after { box-sizing: border-box; }
body { margin: 0; font: inherit; overflow-wrap: break-word; }
.top, main, .foot { max-width: 40rem; margin: 0 auto; padding: 0 20px; }
.top { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding-top: 20px; padding-bottom: 4px; }
.top .name { font-weight: 600; margin-right: auto; }
main { padding-top: 16px; padding-bottom: 32px; }
main.wide, .top.wide { max-width: 60rem; }
.foot { padding-bottom: 24px; }

h1, h2, h3 { font-weight: 600; text-wrap: balance; }
h1 { font-size: 20px; line-height: 28px; margin: 0 0 8px; }
h2 { font-size: 15px; line-height: 22px; margin: 28px 0 8px; }
h3 { font-size: 15px; line-height: 22px; margin: 16px 0 4px; }
p { margin: 0 0 12px; max-width: 62ch; }
a { color: var(--accent); text-underline-offset: 2px; }
time, .number { font-variant-numeric: tabular-nums; }
code { font: 13px/18px ui-monospace, monospace; overflow-wrap: anywhere; }
hr { border: 0; border-top: 1px solid var(--line); margin: 20px 0; }
.secondary, caption, details, .foot { font-size: 13px; line-height: 18px; color: var(--muted); }

:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--raised); padding: 8px; }
.unseen {
  position: absolute; width: 1px; height: 1px; margin: -1px;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}

.card {
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: var(--radius);
  padding: 16px;
  margin: 0 0 16px;
}
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }

.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 0 0 12px; }
.row form { margin: 0; }
form + p { margin-top: 12px; }
.row a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }

.list { list-style: none; margin: 0 0 16px; padding: 0; }
.list > li { border-top: 1px solid var(--line); padding: 10px 0; }
.list > li > .button + p { margin: 6px 0 0; }
.list > li:last-child { border-bottom: 1px solid var(--line); }
.list > li > h2 { margin-top: 4px; }
.list > li.row { margin: 0; min-height: 60px; }
.card > .list > li:first-child { border-top: 0; }
.card > .list > li > .button + p { margin: 6px 0 0; }
.list > li:last-child { border-bottom: 0; padding-bottom: 0; }

.plain { list-style: none; margin: 0; padding: 0; }

dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 12px; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; }

.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding-bottom: 4px; }
th, td { text-align: left; vertical-align: top; padding: 8px 16px 8px 0; border-top: 1px solid var(--line); }
th { font-weight: 600; }
thead th { border-top: 0; color: var(--muted); font-weight: 400; font-size: 13px; line-height: 18px; }

label { display: block; margin: 0 0 4px; }
input:not([type=checkbox], [type=radio]), select, textarea {
  font: inherit; color: inherit; background: var(--raised);
  border: 1px solid var(--edge); border-radius: var(--radius);
  padding: 8px 12px; width: 100%; margin: 0 0 12px;
}
fieldset { border: 1px solid var(--line); border-radius: var(--radius); padding: 8px 16px; margin: 0 0 16px; }
legend { padding: 0 4px; font-weight: 600; }
.option { display: flex; gap: 8px; align-items: baseline; padding: 8px 0; margin: 0; }
button, .button, .quiet {
  display: inline-block; font: inherit; text-decoration: none; cursor: pointer;
  border: 1px solid var(--edge); border-radius: var(--radius);
  padding: 8px 16px; min-height: 40px;
  background: transparent; color: var(--text);
}
.button { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.choice { width: 100%; text-align: left; background: var(--raised); }
.choice small { display: block; font-size: 13px; line-height: 18px; color: var(--muted); }
button:disabled { cursor: default; color: var(--muted); border-style: dashed; background: transparent; }
button:not(:disabled):hover, .quiet:hover { border-color: var(--accent); }
.button:not(:disabled):hover { text-decoration: underline; text-underline-offset: 2px; }

.notice {
  border: 1px solid var(--line); border-left: 4px solid var(--edge);
  border-radius: var(--radius); background: var(--raised);
  padding: 12px 16px; margin: 0 0 16px;
}
.notice > :last-child { margin-bottom: 0; }
.notice.good { border-left-color: var(--good); }
.notice.warn { border-left-color: var(--warn); }
.notice.bad { border-left-color: var(--bad); }
.good > .word, .word.good { color: var(--good); }
.warn > .word, .word.warn { color: var(--warn); }
.bad > .word, .word.bad { color: var(--bad); }
.word { font-weight: 600; }

.badge {
  display: inline-block; border: 1px solid var(--edge); border-radius: 999px;
  padding: 0 10px; font-size: 13px; line-height: 20px; color: var(--muted);
}

.deadlines { list-style: none; margin: 0 0 16px; padding: 0; }
.deadlines p { margin: 0 0 4px; }
.deadlines li { margin: 0 0 12px; }
.lane {
  height: 12px; border: 1px solid var(--edge); border-radius: 6px; overflow: hidden;
  background: var(--raised);
}
.lane.hard { border-right-width: 4px; border-top-right-radius: 0; border-bottom-right-radius: 0; }
.lane.soft { border-right-style: dashed; }
.lane .past { height: 100%; background: var(--accent); min-width: 2px; }

details { margin: 12px 0; }
summary { cursor: pointer; }
details[open] > summary { margin-bottom: 8px; }

@media (prefers-reduced-motion: no-preference) {
  button, .button, .quiet { transition: border-color 120ms; }
}
@media (max-width: 26rem) {
  .top, main, .foot { padding-left: 16px; padding-right: 16px; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 8px; }
}
@media (forced-colors: active) {
  .notice { border-left-width: 4px; }
}
`
