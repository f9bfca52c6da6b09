import type { JSX } from 'preact'
import { durationInWords } from '../../clock/duration.ts'
import type { Happened } from '../../clock/hub.ts'
import { type Duration, type Moment, toIso } from '../../clock/moment.ts'
import { Page } from '../../ui/page.tsx'
import { exactTime } from '../../ui/time.tsx'
import { PASSWORD, PEOPLE } from '../people.ts'

export interface PartyShown {
  readonly name: string
  /** What it is, in a few words. */
  readonly what: string
  readonly url: string
  readonly state: 'up' | 'starting' | 'stopped'
}

export interface ConsolePageProps {
  readonly now: Moment
  readonly offset: Duration
  /** The parties that follow the clock. */
  readonly followers: readonly string[]
  readonly parties: readonly PartyShown[]
  /** What happened when the clock was last moved; `undefined` when it wasn't. */
  readonly happened: readonly Happened[] | undefined
}

const STEPS = [
  ['1min', '+1 min'],
  ['1h', '+1 h'],
  ['1d', '+1 d'],
  ['14d', '+14 d'],
] as const

export function ConsolePage(props: ConsolePageProps): JSX.Element {
  return (
    <Page title="Console" house="Latchkey playground" ahead={props.offset} wide>
      <h1>Everything on this machine</h1>
      <p>
        Sign in as one of the people below, then move the clock and watch what expires, and why.
      </p>
      <Clock {...props} />
      <Parties {...props} />
      <People {...props} />
      <Calls />
    </Page>
  )
}

function Clock({ now, offset, happened }: ConsolePageProps): JSX.Element {
  return (
    <section class="card" aria-labelledby="clock">
      <h2 id="clock">The clock of all parties</h2>
      <dl>
        <dt>Now</dt>
        <dd>
          <time dateTime={toIso(now)}>{exactTime(now)}</time>
        </dd>
        <dt>Ahead of real time</dt>
        <dd>{offset === 0 ? 'not at all' : durationInWords(offset)}</dd>
      </dl>
      <div class="row">
        {STEPS.map(([by, label]) => (
          <form key={by} method="post" action="/advance">
            <input type="hidden" name="by" value={by} />
            <button type="submit">{label}</button>
          </form>
        ))}
      </div>
      {happened && <WhatHappened happened={happened} />}
      <p class="secondary">
        It moves forward only, and stops at each due moment on the way. A reset wipes everything.
      </p>
    </section>
  )
}

function WhatHappened({ happened }: { readonly happened: readonly Happened[] }): JSX.Element {
  if (happened.length === 0) return <p role="status">Nothing was due on the way.</p>
  return (
    <>
      <h3>What happened on the way</h3>
      <ol class="list">
        {happened.map(({ at, name, party }) => (
          <li key={`${at} ${party} ${name}`}>
            <time dateTime={toIso(at)}>{exactTime(at)}</time> · {party} · {name}
          </li>
        ))}
      </ol>
    </>
  )
}

const STATES = {
  up: ['✓', 'good', 'up'],
  starting: ['…', 'warn', 'starting'],
  stopped: ['✕', 'bad', 'down'],
} as const satisfies Record<PartyShown['state'], readonly [string, string, string]>

function Parties({ parties, followers }: ConsolePageProps): JSX.Element {
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
              </span>
              {state === 'up' && (
                <span class="secondary">
                  {followers.includes(name) ? ' follows the clock' : ' only looks at the clock'}
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function People({ parties }: ConsolePageProps): JSX.Element {
  const provider = parties.find(({ name }) => name === 'provider')
  return (
    <section aria-labelledby="people">
      <h2 id="people">The people</h2>
      <div class="scroll">
        <table>
          <caption>
            Everyone’s password is <code>{PASSWORD}</code>, until they reset it
          </caption>
          <thead>
            <tr>
              <th scope="col">E-mail</th>
              <th scope="col">Who that is</th>
            </tr>
          </thead>
          <tbody>
            {PEOPLE.map(({ email, story }) => (
              <tr key={email}>
                <th scope="row">{email}</th>
                <td>{story}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {provider && (
        <p>
          Forgotten it? The provider sends no mail:{' '}
          <a href={`${provider.url}/control/mails`}>what it would have sent</a> is here.
        </p>
      )}
    </section>
  )
}

function Calls(): JSX.Element {
  return (
    <details>
      <summary>The clock by HTTP</summary>
      <ul class="list">
        <li>
          <a href="/clock">
            <code>GET /clock</code>
          </a>
        </li>
        <li>
          <code>{'POST /clock/advance {"by":"14d"}'}</code>
        </li>
        <li>
          <code>POST /clock/reset</code> wipes everything and begins anew
        </li>
        <li>
          <code>GET /clock/stream</code> tells each move as it happens
        </li>
      </ul>
    </details>
  )
}
