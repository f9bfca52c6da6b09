import { join } from 'node:path'
import type { ClockHub } from '../../clock/hub.ts'
import { FaultBoard } from '../../playground/faults.ts'
import { History } from '../../playground/history/history.ts'
import { House } from '../../playground/house.ts'
import { Feed } from '../../playground/site/feed.ts'

/** A console's house without any party. */
export function houseOf(hub: ClockHub, folder: string, reset: () => Promise<void>): House {
  const history = new History(join(folder, 'history.jsonl'))
  const say = () => false
  return new House({
    hub,
    history,
    feed: new Feed({
      history,
      say,
      now: () => hub.now(),
      changed: () => {},
      met: () => {},
      providerAnswered: () => {},
    }),
    faults: new FaultBoard(),
    say,
    reset,
    party: () => undefined,
    addresses: () => ({
      site: 'http://127.0.0.1:1',
      provider: 'http://localhost:2',
      service: 'http://127.0.0.1:3',
    }),
    console: () => 'http://127.0.0.1:4',
    adminKey: 'none',
  })
}
