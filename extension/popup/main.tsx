import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import * as v from 'valibot'
import { askIfRunOut } from '../../client/run-out.ts'
import { SystemClock } from '../../clock/clock.ts'
import { MINUTE } from '../../clock/moment.ts'
import { ask } from '../ask.ts'
import { browser } from '../platform.ts'
import { VIEW_KEY, View } from '../view.ts'
import { type Doings, Screen } from './screens.tsx'
import { inWords } from './service-answer.ts'
import { followSharedClock } from './shared-clock.ts'

const clock = new SystemClock()

function Popup() {
  const [view, setView] = useState<View>()
  const [failure, setFailure] = useState<string>()
  const [hello, setHello] = useState<string>()
  const [sharedAhead, setSharedAhead] = useState(0)

  useEffect(() => {
    const listen = (changes: Record<string, { newValue?: unknown }>) => {
      const read = v.safeParse(View, changes[VIEW_KEY]?.newValue)
      if (read.success) setView(read.output)
    }
    browser.storage.session.onChanged.addListener(listen)
    look(ask('view', {}))
    return () => browser.storage.session.onChanged.removeListener(listen)
  }, [])

  const shown = useRef(view)
  shown.current = view
  useEffect(() => {
    const following = new AbortController()
    let offset = 0
    const ahead = (by: number) => {
      offset = by
      setSharedAhead(by)
    }
    // Time alone is no use: only what must have run out is asked for.
    const atRest = () => {
      const { runsOutAt } = shown.current ?? {}
      if (runsOutAt === undefined) return
      askIfRunOut(runsOutAt - (clock.now() + offset), () => look(ask('view', {})))
    }
    const beganAnew = () => look(ask('view', {}))
    void followSharedClock({ ahead, atRest, beganAnew }, following.signal)
    return () => following.abort()
  }, [])

  const look = (answer: Promise<View>) => {
    setFailure(undefined)
    setHello(undefined)
    answer.then(setView, (error: unknown) =>
      setFailure(error instanceof Error ? error.message : 'Something went wrong. Try again.'),
    )
  }

  const callService = () => {
    setHello(undefined)
    ask('call_service', { path: '/hello' }).then(
      (answer) => setHello(inWords(answer)),
      () => setHello('The service did not answer.'),
    )
  }

  /** Each a question to the background, which goes on with it when the popup is closed. */
  const doings: Doings = {
    signIn: () => look(ask('sign_in', {})),
    signOut: () => look(ask('sign_out', {})),
    tryAgain: () => look(ask('try_again', {})),
    switchAccount: (id) => look(ask('switch_account', { id })),
    endDevice: (id) => look(ask('end_device', { id })),
    endOthers: () => look(ask('end_others', {})),
    disableLogins: (mode) => look(ask('disable_logins', { mode })),
    callService,
    openOptions: () => browser.runtime.openOptionsPage(),
  }

  const { site, here } = view?.now ?? { site: clock.now(), here: clock.now() }
  const ahead = Math.max(site - here, sharedAhead)

  return (
    <Screen
      view={view}
      failure={failure}
      now={clock.now() + ahead}
      ahead={ahead > MINUTE ? ahead : undefined}
      hello={hello}
      doings={doings}
    />
  )
}

const main = document.getElementById('main')
if (main) render(<Popup />, main)
