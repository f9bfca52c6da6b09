import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import * as v from 'valibot'
import { SystemClock } from '../../clock/clock.ts'
import { SessionDeadlines } from '../../ui/session-deadlines.tsx'
import { browser } from '../platform.ts'
import { VIEW_KEY, View } from '../view.ts'

const clock = new SystemClock()

/**
 * How long the session lasts, as the site last told it. It is read where the background put it, and nobody
 * is asked: to look at options is no use of a session.
 */
export function Lifetimes(): JSX.Element {
  const [view, setView] = useState<View>()

  useEffect(() => {
    const take = (kept: unknown) => {
      const read = v.safeParse(View, kept)
      if (read.success) setView(read.output)
    }
    const listen = (changes: Record<string, { newValue?: unknown }>) =>
      take(changes[VIEW_KEY]?.newValue)
    browser.storage.session.onChanged.addListener(listen)
    browser.storage.session.get(VIEW_KEY).then(({ [VIEW_KEY]: kept }) => take(kept))
    return () => browser.storage.session.onChanged.removeListener(listen)
  }, [])

  const me = view && 'me' in view.state ? view.state.me : undefined
  return (
    <>
      <h2>How long you stay signed in</h2>
      {view && me ? (
        <SessionDeadlines
          session={me.session}
          refreshDueAt={view.refreshDueAt}
          now={clock.now() + view.now.site - view.now.here}
        />
      ) : (
        <p>The site says so when somebody signs in. Nothing is known yet.</p>
      )}
    </>
  )
}
