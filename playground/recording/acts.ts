import { durationText } from '../../clock/duration.ts'
import { fromIso } from '../../clock/moment.ts'
import type { PlaygroundClient } from '../client.ts'
import type { Scene } from '../scene.ts'

/** One call of the client that did something. */
export interface Act {
  readonly group: ActGroup
  readonly method: string
  readonly args: readonly unknown[]
  /** How everything stood before it. */
  readonly scene: Scene
}

/** What is written down; to look at something is no act. */
const ACTS = {
  clock: ['advance', 'advanceTo', 'toNextDue', 'reset'],
  people: ['disable', 'enable', 'resetPassword', 'delete'],
  accounts: ['close', 'reopen', 'setPlan', 'putOn', 'pay'],
  sessions: ['end'],
  faults: ['set'],
  parties: ['down', 'up'],
  deliveries: ['replay'],
  stories: ['play'],
} as const satisfies Partial<Record<keyof PlaygroundClient, readonly string[]>>

export type ActGroup = keyof typeof ACTS

const isGroup = (name: unknown): name is ActGroup =>
  typeof name === 'string' && Object.hasOwn(ACTS, name)

/** A client that works as the one given, and tells what was done by it once that has succeeded. */
export function recorded(
  client: PlaygroundClient,
  scene: () => Scene | undefined,
  note: (act: Act) => void,
): PlaygroundClient {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value === 'function') return value.bind(target)
      return isGroup(name) && typeof value === 'object' && value !== null
        ? recordedGroup(name, value, scene, note)
        : value
    },
  })
}

function recordedGroup(
  group: ActGroup,
  methods: object,
  scene: () => Scene | undefined,
  note: (act: Act) => void,
): object {
  const known: readonly string[] = ACTS[group]
  return new Proxy(methods, {
    get(target, method) {
      const call: unknown = Reflect.get(target, method)
      if (typeof call !== 'function' || typeof method !== 'string' || !known.includes(method)) {
        return call
      }
      return async (...args: readonly unknown[]) => {
        const before = scene()
        const answer: unknown = await call(...args)
        if (before) note({ group, method, args, scene: before })
        return answer
      }
    },
  })
}

/** A line of a test that does it again, in another world: by names, for ids are others there. */
export function sourceOf({ group, method, args, scene }: Act): string {
  if (group === 'clock' && method === 'advanceTo') {
    const at = fromIso(String(args[0])) ?? scene.now_ms
    return `await clock.advance(${quoted(durationText(Math.max(1, Math.round(at - scene.now_ms))))})`
  }
  const [first, ...others] = args
  const written = [
    ...(first === undefined ? [] : [nameOf(group, String(first), scene)]),
    ...others.map(literal),
  ]
  return `await ${group}.${method}(${written.join(', ')})`
}

function nameOf(group: ActGroup, id: string, { people, deliveries }: Scene): string {
  switch (group) {
    case 'people': {
      const email = people.find((one) => one.id === id)?.email
      return email ? `(await people.named(${quoted(email)})).id` : quoted(id)
    }
    case 'accounts': {
      const account = people.flatMap(({ accounts }) => accounts).find((one) => one.id === id)
      return account ? `(await accounts.named(${quoted(account.name)})).id` : quoted(id)
    }
    case 'sessions': {
      const session = people.flatMap(({ sessions }) => sessions).find((one) => one.id === id)
      return session ? `(await sessions.on(${quoted(session.device)})).id` : quoted(id)
    }
    case 'deliveries': {
      const event = deliveries.find((one) => one.id === id)?.event
      return event ? `(await deliveries.newest(${quoted(event)})).id` : quoted(id)
    }
    default:
      return quoted(id)
  }
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? quoted(value) : JSON.stringify(value)

export const quoted = (text: string): string =>
  `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`
