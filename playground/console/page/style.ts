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
.inline select { width: auto; margin: 0; padding: 4px 8px; }
.switch { border: 0; padding: 0; margin: 0; }
.switch legend { padding: 0; }
.switch p { margin: 0 0 4px; }
.to-moment input { width: auto; margin: 0; }
[aria-pressed=true] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
[aria-disabled=true] { cursor: progress; color: var(--muted); }
.list > li > h3 { margin: 0; }
.list p { margin-bottom: 4px; }
.list p button, .list li > button { min-height: 32px; padding: 3px 12px; }
pre { white-space: pre-wrap; margin: 0 0 8px; }
dialog { border: 1px solid var(--line); border-radius: var(--radius); background: var(--ground); color: var(--text); padding: 20px; }
`
