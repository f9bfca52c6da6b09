import { render } from 'preact'
import { App } from './app.tsx'

const draw = (view: Parameters<typeof App>[0]['view']) => render(<App view={view} />, document.body)

// The view that is pushed while the first one is on its way is the newer one.
let pushed = false
window.latchkey.onView((view) => {
  pushed = true
  draw(view)
})
const first = await window.latchkey.look()
if (!pushed) draw(first)
