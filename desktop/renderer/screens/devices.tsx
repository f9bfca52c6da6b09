import type { JSX } from 'preact'
import { fromSeconds, type Moment } from '../../../clock/moment.ts'
import type { SignedInDevice } from '../../../protocol/my-devices.ts'
import { Time } from '../../../ui/time.tsx'
import type { View } from '../../ipc/view.ts'
import { ask } from '../api.ts'

/** What else this person is signed in on. */
export function Devices({ view }: { readonly view: View }): JSX.Element | null {
  if (!view.devices) return null
  const others = view.devices.filter(({ this_one }) => !this_one)
  return (
    <>
      <h2>Other devices</h2>
      {others.length === 0 ? (
        <p class="secondary">You are signed in on this device alone.</p>
      ) : (
        <>
          <ul class="list">
            {others.map((device) => (
              <Device key={device.id} device={device} now={view.now} />
            ))}
          </ul>
          <button type="button" onClick={ask(window.latchkey.endOthers)}>
            Sign out all others
          </button>
        </>
      )}
    </>
  )
}

function Device({
  device,
  now,
}: {
  readonly device: SignedInDevice
  readonly now: Moment
}): JSX.Element {
  const { id, name, platform, last_used_at, runs_out_at, replaced } = device
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
      <button type="button" onClick={ask(() => window.latchkey.endDevice(id))}>
        Sign out {name}
      </button>
    </li>
  )
}
