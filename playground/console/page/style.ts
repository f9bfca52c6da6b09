/** What the console adds to the house's stylesheet (`ui/style.ts`). */
export const CONSOLE_STYLE = `
.timeline {
  position: relative; overflow: hidden auto; touch-action: pan-y; cursor: grab;
  border: 1px solid var(--line); border-radius: var(--radius); background: var(--raised);
}
.timeline canvas { position: sticky; top: 0; display: block; width: 100%; }
.selected { min-height: 22px; margin-top: 8px; }
.scroll-y { max-height: 20rem; overflow: auto; margin: 0 0 16px; }
.inline { display: inline-block; margin: 0 12px 0 0; }
.inline select, #flow { width: auto; margin: 0; padding: 4px 8px; }
.switch { border: 0; padding: 0; margin: 0; }
.switch legend { padding: 0; }
.switch p { margin: 0 0 4px; }
.to-moment input { width: auto; margin: 0; }
[aria-pressed=true] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
[aria-disabled=true] { cursor: progress; color: var(--muted); }
.list > li > h3 { margin: 0; }
.list p { margin-bottom: 4px; }
.list p button, .list li > button { min-height: 32px; padding: 3px 12px; }

.sequence { position: relative; margin: 12px 0 16px; padding-top: 28px; }
.speakers, .lifelines { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; justify-items: center; }
.speakers { position: absolute; inset: 0 0 auto; font-weight: 600; font-size: 13px; line-height: 22px; }
.lifelines { position: absolute; inset: 24px 0 0; }
.lifelines span { width: 1px; background: var(--line); }
.sequence ol { position: relative; list-style: none; margin: 0; padding: 0; }
.sequence p { margin: 10px 0 4px; max-width: none; background: var(--ground); font-size: 13px; line-height: 18px; }
.arrow { position: relative; height: 16px; }
.arrow::before { content: ''; position: absolute; inset: 8px 0 auto; border-top: 2px solid var(--accent); }
.arrow.back::before { border-top: 1px dashed var(--muted); }
.arrow::after {
  content: ''; position: absolute; top: 4px; width: 0; border: 5px solid transparent;
}
.arrow.right::after { right: 0; border-left: 8px solid var(--accent); border-right: 0; }
.arrow.left::after { left: 0; border-right: 8px solid var(--accent); border-left: 0; }
.arrow.back.right::after { border-left-color: var(--muted); }
.arrow.back.left::after { border-right-color: var(--muted); }
.arrow.back { margin: 2px 0 6px; font-size: 13px; line-height: 16px; }
.arrow.back > span {
  position: absolute; left: 50%; translate: -50%; z-index: 1; white-space: nowrap;
  background: var(--ground); padding: 0 6px;
}
pre { white-space: pre-wrap; margin: 0 0 8px; }
dialog { border: 1px solid var(--line); border-radius: var(--radius); background: var(--ground); color: var(--text); padding: 20px; }
`
