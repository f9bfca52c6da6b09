import { type JSX, render } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { MINUTE } from '../../../clock/moment.ts'
import { ClockBadge } from '../../../ui/clock-badge.tsx'
import { Doing, useActs } from './actions.tsx'
import { Clock } from './clock.tsx'
import { Flows } from './flows.tsx'
import { Live } from './live.ts'
import { Deliveries, Faults, Next, Parties, Stories } from './parties.tsx'
import { People } from './people.tsx'
import { RecorderView, useRecorder } from './recorder.tsx'
import { ProviderTrail, Requests } from './requests.tsx'
import { TimelineView } from './timeline.tsx'

function Console(): JSX.Element {
  const [, redraw] = useState(0)
  const live = useMemo(() => new Live(() => redraw((times) => times + 1)), [])
  const now = useCallback(() => live.now(), [live])
  const recorder = useRecorder(live)
  const { act, busy, refusal } = useActs(recorder.client)
  useRedrawEvery(MINUTE, redraw)
  const { scene, happenings, requests, connected } = live.shown
  const doing = useMemo(() => ({ act, busy }), [busy, recorder.recording])
  return (
    <Doing.Provider value={doing}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top wide">
        <span class="name">Latchkey playground</span>
        {scene && <ClockBadge ahead={scene.offset_ms} />}
      </header>
      <main id="main" class="wide" aria-busy={busy}>
        <h1>Everything on this machine</h1>
        <div role="alert">
          {scene && !connected && (
            <p class="notice bad">
              <span class="word">The console is away.</span> This page comes back by itself.
            </p>
          )}
          {scene?.parties
            .filter(({ state }) => state !== 'up')
            .map(({ name, state }) => (
              <p key={name} class="notice warn">
                <span class="word">
                  The {name} is {state === 'starting' ? 'starting' : 'down'}.
                </span>{' '}
                Whoever needs it waits, and goes on when it is back.
              </p>
            ))}
          {refusal && (
            <p class="notice bad">
              <span class="word">That was refused.</span> {refusal}
            </p>
          )}
        </div>
        {scene && (
          <>
            <Clock now={now} offset={scene.offset_ms} due={scene.due} happenings={happenings} />
            <TimelineView key={scene.epoch} happenings={happenings} now={now} />
            <Stories />
            <RecorderView recorder={recorder} live={live} />
            <Next due={scene.due} now={now()} />
            <People people={scene.people} now={now()} />
            <Parties parties={scene.parties} />
            <Deliveries deliveries={scene.deliveries} now={now()} />
            <Faults faults={scene.faults} />
            <Flows requests={requests} />
            <Requests requests={requests} />
            <ProviderTrail trail={scene.provider_trail} />
            <p class="secondary">
              All of this by HTTP: <a href="/openapi.json">/openapi.json</a>, in TypeScript:{' '}
              <code>playground/client.ts</code>, as text: <code>npm run timeline</code>. A page that
              calls a service: <a href="/demo">/demo</a>. Mails of the provider:{' '}
              <a
                href={`${scene.parties.find(({ name }) => name === 'provider')?.url}/control/mails`}
              >
                /control/mails
              </a>
              .
            </p>
          </>
        )}
      </main>
    </Doing.Provider>
  )
}

/** Times in sentences grow old by themselves. */
function useRedrawEvery(every: number, redraw: (change: (times: number) => number) => void): void {
  useEffect(() => {
    const timer = setInterval(() => redraw((times) => times + 1), every)
    return () => clearInterval(timer)
  }, [every, redraw])
}

render(<Console />, document.body)
