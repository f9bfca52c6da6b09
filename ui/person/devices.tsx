import type { JSX } from 'preact'
import { fromSeconds, type Moment } from '../../clock/moment.ts'
import type { SignedInDevice } from '../../protocol/my-devices.ts'
import { Time } from '../time.tsx'

/** What else this person is signed in on. */
export function Devices({
  devices,
  now,
  end,
  endOthers,
}: {
  readonly devices: readonly SignedInDevice[] | undefined
  readonly now: Moment
  readonly end: (id: string) => void
  readonly endOthers: () => void
}): JSX.Element | null {
  if (!devices) return null
  const others = devices.filter(({ this_one }) => !this_one)
  return (
    <>
      <h2>Other devices</h2>
      {others.length === 0 ? (
        <p class="secondary">You are signed in on this device alone.</p>
      ) : (
        <>
          <ul class="list">
            {others.map((device) => (
              <Device key={device.id} device={device} now={now} end={() => end(device.id)} />
            ))}
          </ul>
          <button type="button" onClick={endOthers}>
            Sign out all others
          </button>
        </>
      )}
    </>
  )
}

function Device({
  device: { name, platform, last_used_at, runs_out_at, replaced },
  now,
  end,
}: {
  readonly device: SignedInDevice
  readonly now: Moment
  readonly end: () => void
}): JSX.Element {
  return (
    <li>
      <p>
        {name} <span class="secondary">{platform}</span>{' '}
        {replaced && <span class="badge">installed anew since</span>}
      </p>
      <p class="secondary">
        Used <Time at={fromSeconds(last_used_at)} now={now} />, ends unless used{' '}
        <Time at={fromSeconds(runs_out_at)} now={now} />.
      </p>
      <button type="button" onClick={end}>
        Sign out {name}
      </button>
    </li>
  )
}
