import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { durationInWords } from '../../../clock/duration.ts'
import { fromIso, type Moment, SECOND, toIso } from '../../../clock/moment.ts'
import { exactTime, Time } from '../../../ui/time.tsx'
import type { Happening, HappeningOf } from '../../history/happening.ts'
import type { Due } from '../../scene.ts'
import { AskFirst, Press, useDoing } from './actions.tsx'
import { Scroll } from './scroll.tsx'

const STEPS = [
  ['1min', '+1 min'],
  ['1h', '+1 h'],
  ['1d', '+1 d'],
  ['14d', '+14 d'],
  ['182d', '+6 months'],
] as const

const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone

export interface ClockProps {
  readonly now: () => Moment
  readonly offset: number
  readonly due: readonly Due[]
  readonly happenings: readonly Happening[]
}

export function Clock({ now, offset, due, happenings }: ClockProps): JSX.Element {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((ticks) => ticks + 1), SECOND)
    return () => clearInterval(timer)
  }, [])
  const at = now()
  const next = due.find((one) => one.at > at)
  return (
    <section class="card" aria-labelledby="clock">
      <h2 id="clock">The clock of all parties</h2>
      <dl>
        <dt>Now</dt>
        <dd>
          <time dateTime={toIso(Math.round(at))}>{exactTime(at)}</time>
        </dd>
        <dt>Here</dt>
        <dd>{exactTime(at, ZONE)}</dd>
        <dt>Ahead of real time</dt>
        <dd>{offset === 0 ? 'not at all' : durationInWords(offset)}</dd>
      </dl>
      <div class="row">
        {STEPS.map(([by, label]) => (
          <Press key={by} does={({ clock }) => clock.advance(by)}>
            {label}
          </Press>
        ))}
        <AskFirst
          question="Wipe everything, and begin anew at real time?"
          does={({ clock }) => clock.reset()}
        >
          Reset…
        </AskFirst>
      </div>
      {next && (
        <p>
          <Press class="button" does={({ clock }) => clock.toNextDue()}>
            To the next due moment
          </Press>{' '}
          <span>
            <Time at={next.at} now={at} />: {next.name}
          </span>
        </p>
      )}
      <ToMoment />
      <OnTheWay happenings={happenings} />
    </section>
  )
}

function ToMoment(): JSX.Element {
  const { act } = useDoing()
  const [text, setText] = useState('')
  const at = fromIso(`${text}Z`)
  return (
    <form
      class="to-moment"
      onSubmit={(event) => {
        event.preventDefault()
        if (at !== undefined) void act(({ clock }) => clock.advanceTo(toIso(at)))
      }}
    >
      <label for="moment">To a moment (UTC)</label>
      <div class="row">
        <input
          id="moment"
          type="datetime-local"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit" disabled={at === undefined}>
          Go there
        </button>
      </div>
    </form>
  )
}

/** What came due while the clock was last moved, by whichever console. */
export function onTheWay(
  happenings: readonly Happening[],
):
  | { readonly moved: HappeningOf<'clock_moved'>; readonly due: readonly HappeningOf<'came_due'>[] }
  | undefined {
  const last = happenings.findLastIndex(({ kind }) => kind === 'clock_moved')
  const moved = happenings[last]
  if (moved?.kind !== 'clock_moved') return undefined
  const due: HappeningOf<'came_due'>[] = []
  for (let index = last - 1; ; index--) {
    const before = happenings[index]
    if (before?.kind !== 'came_due') return { moved, due: due.reverse() }
    due.push(before)
  }
}

const dueInWords = (count: number): string => {
  if (count === 0) return 'nothing was due on the way.'
  return count === 1 ? 'one thing was due:' : `${count} things were due:`
}

function OnTheWay({ happenings }: Pick<ClockProps, 'happenings'>): JSX.Element | null {
  const way = onTheWay(happenings)
  if (!way) return null
  const { moved, due } = way
  return (
    <div role="status">
      <p>
        Moved on by {durationInWords(moved.at - moved.from)}; {dueInWords(due.length)}
      </p>
      {due.length > 0 && (
        <Scroll label="What happened on the way">
          <ol class="list">
            {due.map(({ number, at, party, name }) => (
              <li key={number}>
                <time dateTime={toIso(at)}>{exactTime(at)}</time> · {party} · {name}
              </li>
            ))}
          </ol>
        </Scroll>
      )}
    </div>
  )
}
