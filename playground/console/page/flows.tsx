import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { toIso } from '../../../clock/moment.ts'
import type { ExchangeShown, Speaker } from '../../requests/exchange.ts'
import { type Flow, flowsOf, type Step, speakersOf, stepsOf } from '../../requests/flows.ts'
import { Answer } from './requests.tsx'

/** One flow as a sequence diagram; the newest, unless another one was chosen. */
export function Flows({ requests }: { readonly requests: readonly ExchangeShown[] }): JSX.Element {
  const flows = useMemo(() => flowsOf(requests).toReversed(), [requests])
  const [chosen, setChosen] = useState<number>()
  const flow = flows.find(({ number }) => number === chosen) ?? flows[0]
  return (
    <section aria-labelledby="flows">
      <h2 id="flows">One flow, message by message</h2>
      {flow ? (
        <>
          <div class="row">
            <label for="flow">Flow</label>
            <select
              id="flow"
              value={flow.number}
              onChange={({ currentTarget }) => setChosen(Number(currentTarget.value))}
            >
              {flows.map((one) => (
                <option key={one.number} value={one.number}>
                  {titleOf(one)}
                </option>
              ))}
            </select>
          </div>
          <Sequence flow={flow} />
        </>
      ) : (
        <p>None yet: sign somebody in, or play a story.</p>
      )}
    </section>
  )
}

const titleOf = ({ name, exchanges }: Flow): string => {
  const at = toIso(exchanges[0]?.at ?? 0)
    .slice(5, 19)
    .replace('T', ' ')
  return `${name}, ${at}, ${exchanges.length} ${exchanges.length === 1 ? 'message' : 'messages'}`
}

/** A list in order for whoever hears it, and arrows between the parties for whoever sees it. */
function Sequence({ flow }: { readonly flow: Flow }): JSX.Element {
  const speakers = speakersOf(flow)
  return (
    <figure class="sequence" aria-label={titleOf(flow)}>
      <div class="speakers" aria-hidden="true">
        {speakers.map((speaker) => (
          <span key={speaker}>{speaker}</span>
        ))}
      </div>
      <div class="lifelines" aria-hidden="true">
        {speakers.map((speaker) => (
          <span key={speaker} />
        ))}
      </div>
      <ol>
        {stepsOf(flow).map((step) => (
          <Arrow key={`${step.exchange.number} ${step.goes}`} step={step} speakers={speakers} />
        ))}
      </ol>
    </figure>
  )
}

function Arrow({
  step: { exchange, goes },
  speakers,
}: {
  readonly step: Step
  readonly speakers: readonly Speaker[]
}): JSX.Element {
  const { method, path, says, standard, status, answered } = exchange
  const { reason, error } = answered
  const [from, to] = goes === 'there' ? [exchange.from, exchange.to] : [exchange.to, exchange.from]
  const [a, b] = [speakers.indexOf(from), speakers.indexOf(to)]
  return (
    <li>
      <span class="unseen">
        {from} to {to}:
      </span>
      {goes === 'there' ? (
        <p>
          <code>
            {method} {exchange.to === 'provider' ? shortened(path) : path}
          </code>{' '}
          {says} <span class="secondary">({standard})</span>
        </p>
      ) : null}
      <div
        class={`arrow ${goes} ${a < b ? 'right' : 'left'}`}
        style={{
          left: `${((Math.min(a, b) + 0.5) / speakers.length) * 100}%`,
          width: `${(Math.abs(a - b) / speakers.length) * 100}%`,
        }}
      >
        {goes === 'back' && (
          <span>
            <Answer status={status} /> {reason ?? error}
          </span>
        )}
      </div>
    </li>
  )
}

/** What every path of the provider begins with tells nobody anything. */
const shortened = (path: string): string =>
  path.replace(/^\/.*?(?=\/(?:oauth2|api|discovery|v2\.0)\/)/, '…')
