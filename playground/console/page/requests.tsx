import { Fragment, type JSX } from 'preact'
import { toIso } from '../../../clock/moment.ts'
import type { ExchangeShown } from '../../requests/exchange.ts'
import type { Scene } from '../../scene.ts'
import { Scroll } from './scroll.tsx'

/** What clients, browsers and parties asked of each other, the newest first. */
export function Requests({
  requests,
}: {
  readonly requests: readonly ExchangeShown[]
}): JSX.Element {
  return (
    <section aria-labelledby="requests">
      <h2 id="requests">All messages</h2>
      <p class="secondary">
        Whatever may be a secret is a fingerprint: the same one is the same secret.
      </p>
      {requests.length === 0 && <p>None yet: sign somebody in.</p>}
      <Scroll label="All messages">
        <ul class="list">
          {requests.toReversed().map((exchange) => (
            <Message key={exchange.number} exchange={exchange} />
          ))}
        </ul>
      </Scroll>
    </section>
  )
}

/** What no message shows: whom it let in, and why it refused something. */
export function ProviderTrail({ trail }: { readonly trail: Scene['provider_trail'] }): JSX.Element {
  return (
    <section aria-labelledby="trail">
      <h2 id="trail">What the provider did, and why</h2>
      {trail.length === 0 && <p>Nothing yet: sign somebody in.</p>}
      <Scroll label="What the provider did">
        <ul class="list">
          {trail.map(({ number, at, says }) => (
            <li key={number}>
              <time dateTime={toIso(at)}>{toIso(at).slice(5, 19).replace('T', ' ')}</time> {says}
            </li>
          ))}
        </ul>
      </Scroll>
    </section>
  )
}

function Message({
  exchange: { at, from, to, method, path, status, says, standard, sent, answered },
}: {
  readonly exchange: ExchangeShown
}): JSX.Element {
  return (
    <li>
      <time dateTime={toIso(at)}>{toIso(at).slice(5, 19).replace('T', ' ')}</time> {from} → {to}{' '}
      <code>
        {method} {path}
      </code>{' '}
      <Answer status={status} />
      <details>
        <summary>
          {says} ({standard})
        </summary>
        <Fields name="Sent" fields={sent} />
        <Fields name="Answered" fields={answered} />
      </details>
    </li>
  )
}

export function Answer({ status }: { readonly status: number | null }): JSX.Element {
  if (status === null) return <span class="word bad">✕ no answer arrived</span>
  return <span class={`word ${status < 400 ? 'good' : 'warn'}`}>{status}</span>
}

function Fields({
  name,
  fields,
}: {
  readonly name: string
  readonly fields: Readonly<Record<string, string>>
}): JSX.Element | null {
  const all = Object.entries(fields)
  if (all.length === 0) return null
  return (
    <>
      <p>{name}</p>
      <dl>
        {all.map(([field, value]) => (
          <Fragment key={field}>
            <dt>{field}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </Fragment>
        ))}
      </dl>
    </>
  )
}
