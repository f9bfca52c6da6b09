import type { JSX } from 'preact'
import type { Moment } from '../../../clock/moment.ts'
import { exactTime, Time } from '../../../ui/time.tsx'
import type { DeliveryShown, Due, FaultShown, PartyShown } from '../../scene.ts'
import { FAULT_MODES } from '../../site/orders.ts'
import { STORIES, STORY_NAMES } from '../../stories/named/names.ts'
import { Press, useDoing } from './actions.tsx'
import { Scroll } from './scroll.tsx'

const STATES = {
  up: ['✓', 'good', 'up'],
  starting: ['…', 'warn', 'starting'],
  stopped: ['✕', 'bad', 'down'],
} as const satisfies Record<PartyShown['state'], readonly [string, string, string]>

export function Parties({ parties }: { readonly parties: readonly PartyShown[] }): JSX.Element {
  return (
    <section aria-labelledby="parties">
      <h2 id="parties">The parties</h2>
      <ul class="list">
        {parties.map(({ name, what, url, state }) => {
          const [shape, tone, word] = STATES[state]
          return (
            <li key={name}>
              <a href={url}>{url}</a> – {what}{' '}
              <span class={`word ${tone}`}>
                <span aria-hidden="true">{shape}</span> {word}
              </span>{' '}
              <Press
                of={name}
                does={({ parties: turn }) =>
                  state === 'stopped' ? turn.up(name) : turn.down(name)
                }
              >
                {state === 'stopped' ? 'Bring up' : 'Take down'}
              </Press>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

export function Next({
  due,
  now,
}: {
  readonly due: readonly Due[]
  readonly now: Moment
}): JSX.Element {
  return (
    <section aria-labelledby="next">
      <h2 id="next">What happens next</h2>
      {due.length === 0 ? (
        <p>Nothing is due: sign somebody in.</p>
      ) : (
        <Scroll label="Due moments">
          <ol class="list">
            {due.map(({ at, party, name }) => (
              <li key={`${at} ${party} ${name}`}>
                <Time at={at} now={now} /> · {party} · {name}
              </li>
            ))}
          </ol>
        </Scroll>
      )}
    </section>
  )
}

const MODE_WORDS = { off: 'Off', next: 'Next request', on: 'Until off' } as const

export function Faults({ faults }: { readonly faults: readonly FaultShown[] }): JSX.Element {
  const { act } = useDoing()
  return (
    <section aria-labelledby="faults">
      <h2 id="faults">Faults</h2>
      <ul class="list">
        {faults.map(({ fault, name, says, mode }) => (
          <li key={fault}>
            <fieldset class="switch">
              <legend>{name}</legend>
              <p class="secondary">{says}</p>
              <div class="row">
                {FAULT_MODES.map((one) => (
                  <label key={one} class="inline">
                    <input
                      type="radio"
                      name={fault}
                      checked={mode === one}
                      onChange={() => void act(({ faults: switches }) => switches.set(fault, one))}
                    />{' '}
                    {MODE_WORDS[one]}
                  </label>
                ))}
              </div>
            </fieldset>
          </li>
        ))}
      </ul>
    </section>
  )
}

const DELIVERY = {
  delivered: ['✓', 'good'],
  waiting: ['…', 'warn'],
  dead: ['✕', 'bad'],
} as const

export function Deliveries({
  deliveries,
  now,
}: {
  readonly deliveries: readonly DeliveryShown[]
  readonly now: Moment
}): JSX.Element {
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">What services were told</h2>
      {deliveries.length === 0 && <p>Nothing yet: end a session, or change a plan.</p>}
      <Scroll label="Deliveries">
        <ul class="list">
          {deliveries.map((delivery) => (
            <Delivery key={delivery.id} delivery={delivery} now={now} />
          ))}
        </ul>
      </Scroll>
    </section>
  )
}

function Delivery({
  delivery: { id, endpoint, event, state, attempts, next_at, history, payload, signature },
  now,
}: {
  readonly delivery: DeliveryShown
  readonly now: Moment
}): JSX.Element {
  const [shape, tone] = DELIVERY[state]
  return (
    <li>
      <code>{event}</code>{' '}
      <span class={`word ${tone}`}>
        <span aria-hidden="true">{shape}</span> {state}
      </span>
      , {attempts} {attempts === 1 ? 'attempt' : 'attempts'}
      {next_at !== null && (
        <>
          , again <Time at={next_at} now={now} />
        </>
      )}
      <details>
        <summary>Attempts and what is told</summary>
        <p>
          To <code>{endpoint}</code>.
        </p>
        <Signature check={signature} />
        <ol>
          {history.map(({ at, answer }) => (
            <li key={at}>
              {exactTime(at)}: {answer}
            </li>
          ))}
        </ol>
        <pre>
          <code>{JSON.stringify(payload, null, 2)}</code>
        </pre>
        <Press of={event} does={({ deliveries }) => deliveries.replay(id)}>
          Tell it once more
        </Press>
      </details>
    </li>
  )
}

/** What the playground found with the endpoint's secret, beside whatever the service made of it. */
function Signature({ check }: { readonly check: DeliveryShown['signature'] }): JSX.Element {
  if (!check) return <p>No message has arrived whose signature could be checked.</p>
  return (
    <>
      <p>
        Signature{' '}
        <span class={`word ${check.valid ? 'good' : 'bad'}`}>
          <span aria-hidden="true">{check.valid ? '✓' : '✕'}</span>{' '}
          {check.valid ? 'valid' : 'not valid'}
        </span>
        : HMAC-SHA256 by the endpoint’s secret over id, timestamp and body, joined by dots (Standard
        Webhooks, “Signature scheme”; the timestamp at most five minutes away). This was signed:
      </p>
      <pre>
        <code>{check.signed}</code>
      </pre>
    </>
  )
}

export function Stories(): JSX.Element {
  return (
    <section aria-labelledby="stories">
      <h2 id="stories">Stories</h2>
      <p class="secondary">
        Each signs Alice in on a device of its own, moves the clock, and proves what it says: watch
        it on the timeline.
      </p>
      <ul class="list">
        {STORY_NAMES.map((name) => (
          <li key={name}>
            <Press of={name} does={({ stories }) => stories.play(name)}>
              Play
            </Press>{' '}
            <strong>{name.replace('_', ' ')}</strong>: {STORIES[name]}
          </li>
        ))}
      </ul>
    </section>
  )
}
