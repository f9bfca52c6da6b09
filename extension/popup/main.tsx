import { render } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import * as v from 'valibot'
import { askIfRunOut } from '../../client/run-out.ts'
import { SystemClock } from '../../clock/clock.ts'
import { MINUTE } from '../../clock/moment.ts'
import { ask } from '../ask.ts'
import { browser } from '../platform.ts'
import { VIEW_KEY, View } from '../view.ts'
import { type Doing, Screen } from './screens.tsx'
import { followSharedClock } from './shared-clock.ts'

const clock = new SystemClock()

/** What the person can do here, each a question to the background. */
const DOINGS = {
  sign_in: () => ask('sign_in', {}),
  sign_out: () => ask('sign_out', {}),
  try_again: () => ask('try_again', {}),
} as const satisfies Record<Doing, () => Promise<View>>

function Popup() {
  const [view, setView] = useState<View>()
  const [trouble, setTrouble] = useState<string>()
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
    void followSharedClock({ ahead, atRest }, following.signal)
    return () => following.abort()
  }, [])

  const look = (answer: Promise<View>) => {
    setTrouble(undefined)
    answer.then(setView, (error: unknown) =>
      setTrouble(error instanceof Error ? error.message : 'Something went wrong. Try again.'),
    )
  }

  const call = () => {
    setHello(undefined)
    ask('call_service', { path: '/hello' }).then(
      (answer) => setHello(sentenceOf(answer)),
      () => setHello('The service did not answer.'),
    )
  }

  const { site, here } = view?.now ?? { site: clock.now(), here: clock.now() }
  const ahead = Math.max(site - here, sharedAhead)

  return (
    <Screen
      view={view}
      trouble={trouble ?? view?.trouble}
      now={clock.now() + ahead}
      ahead={ahead > MINUTE ? ahead : undefined}
      hello={hello}
      act={(doing) => look(DOINGS[doing]())}
      call={call}
      options={() => browser.runtime.openOptionsPage()}
    />
  )
}

function sentenceOf(answer: Awaited<ReturnType<typeof ask<'call_service'>>>): string {
  switch (answer.kind) {
    case 'ok':
      return answer.status === 200
        ? String((JSON.parse(answer.body) as { message?: unknown }).message)
        : `The service answered ${answer.status}.`
    case 'retry_later':
      return 'Nothing was sent: the site can’t be reached just now.'
    case 'ended':
      return 'Nothing was sent: you are signed out.'
    case 'refused':
      return answer.sentence
  }
}

const main = document.getElementById('main')
if (main) render(<Popup />, main)
