import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { PlaygroundClient } from '../../client.ts'
import { recorded } from '../../recording/acts.ts'
import {
  linesOf,
  type Recording,
  RUNNERS,
  type Runner,
  testText,
  withStep,
} from '../../recording/test-text.ts'
import type { Scene } from '../../scene.ts'
import type { Live } from './live.ts'
import { Scroll } from './scroll.tsx'

export interface Recorder {
  /** A client whose acts are written down while somebody records. */
  readonly client: (client: PlaygroundClient) => PlaygroundClient
  readonly recording: Recording | undefined
  readonly done: { readonly recording: Recording; readonly scene: Scene } | undefined
  readonly start: () => void
  readonly stop: () => void
}

/** What is done by hand on this page, to be made a test of. */
export function useRecorder(live: Live): Recorder {
  const [recording, setRecording] = useState<Recording>()
  const [done, setDone] = useState<Recorder['done']>()
  const last = () => live.shown.happenings.at(-1)?.number ?? 0
  return {
    recording,
    done,
    client: (client) =>
      recording === undefined
        ? client
        : recorded(
            client,
            () => live.shown.scene && { ...live.shown.scene, now_ms: live.now() },
            (act) => {
              const step = { act, after: last() }
              setRecording((before) => before && withStep(before, step))
            },
          ),
    start: () => {
      setDone(undefined)
      setRecording({ from: last(), steps: [] })
    },
    stop: () => {
      const { scene } = live.shown
      if (recording && scene) setDone({ recording, scene })
      setRecording(undefined)
    },
  }
}

export function RecorderView({
  recorder: { recording, done, start, stop },
  live,
}: {
  readonly recorder: Recorder
  readonly live: Live
}): JSX.Element {
  const { happenings } = live.shown
  return (
    <section aria-labelledby="recorder">
      <h2 id="recorder">Record a test</h2>
      <p class="secondary">
        What you do on this page becomes a test that does it again in a playground of its own, and
        expects the same outcome.
      </p>
      <div class="row">
        {recording ? (
          <>
            <button type="button" class="button" onClick={stop}>
              Stop recording
            </button>
            <span class="word bad">
              <span aria-hidden="true">●</span> recording
            </span>
          </>
        ) : (
          <button type="button" class="quiet" onClick={start}>
            Record
          </button>
        )}
      </div>
      {recording && (
        <pre role="status">
          <code>
            {linesOf(
              recording.steps,
              happenings.filter(({ number }) => number > recording.from),
            ).join('\n') || 'Nothing was done yet.'}
          </code>
        </pre>
      )}
      {done && <Written {...done} live={live} />}
    </section>
  )
}

function Written({
  recording,
  scene,
  live,
}: NonNullable<Recorder['done']> & { readonly live: Live }): JSX.Element {
  const [runner, setRunner] = useState<Runner>('vitest')
  const [told, setTold] = useState('')
  const [until] = useState(live.shown.happenings.length)
  const text = testText(recording, live.shown.happenings.slice(0, until), scene, runner)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setTold('Copied.')
  }
  return (
    <>
      <div class="row">
        <label for="runner">Run by</label>
        <select
          id="runner"
          value={runner}
          onChange={({ currentTarget }) => {
            const chosen = Object.keys(RUNNERS).find((one) => one === currentTarget.value)
            setRunner(chosen === 'playwright' ? 'playwright' : 'vitest')
          }}
        >
          {Object.entries(RUNNERS).map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="quiet"
          onClick={() => copy().catch(() => setTold('The browser did not let it be copied.'))}
        >
          Copy
        </button>
        <a
          class="quiet"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={runner === 'vitest' ? 'recorded.test.ts' : 'recorded.spec.ts'}
        >
          Download
        </a>
        <span role="status">{told}</span>
      </div>
      <Scroll label="The recorded test">
        <pre>
          <code>{text}</code>
        </pre>
      </Scroll>
    </>
  )
}
