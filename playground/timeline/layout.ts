import type { Moment } from '../../clock/moment.ts'
import type { Reason } from '../../protocol/reasons.ts'
import type { Happening, HappeningOf } from '../history/happening.ts'
import { happeningInWords } from '../history/in-words.ts'

/** How a mark is drawn (notes/screens.md): each with a shape of its own, never by colour alone. */
export const MARKS = {
  signed_in: '●',
  refreshed: '▏',
  replayed: '↺',
  superseded: '⤼',
  proven: '✓',
  not_proven: '!',
  ended: '■',
  delivered: '•',
  retrying: '◦',
  dead: '✕',
  acted: '◆',
  fault: '⚡',
  clock: '▶',
} as const

export type MarkKind = keyof typeof MARKS

export interface Mark {
  readonly number: number
  readonly at: Moment
  readonly kind: MarkKind
  readonly says: string
}

/** What lies ahead of a session that lives. */
export interface Ahead {
  /** Until when its newest access token may be presented: a request after the hour refreshes first. */
  readonly hour: Moment
  /** Slides on with each refresh. */
  readonly window: Moment
  /** Never moves. */
  readonly absolute: Moment
}

/** One session, from sign-in to its ending. */
export interface Band {
  readonly session: string
  readonly client: string
  readonly from: Moment
  /** `undefined`: it lives. */
  readonly ending: { readonly at: Moment; readonly reason: Reason } | undefined
  /** In the order of their moments. */
  readonly marks: readonly Mark[]
  /** Missing once it has ended. */
  readonly ahead: Ahead | undefined
}

/** One device and all of its sessions. */
export interface Lane {
  readonly id: string
  readonly device: string
  readonly platform: string
  readonly person: string
  readonly bands: readonly Band[]
}

export interface Timeline {
  readonly now: Moment
  readonly lanes: readonly Lane[]
  /** Under the lanes: what services were told, and what else happened to people and plans. */
  readonly services: readonly Mark[]
  readonly others: readonly Mark[]
}

interface Growing {
  readonly beginning: HappeningOf<'signed_in'>
  readonly marks: Mark[]
  refreshedAt: Moment
  accessEndsAt: Moment
  ending: Band['ending']
}

/**
 * The history as lanes, bands and marks: a lane for each device, in the order in which they were first
 * signed in on, a band for each session, and what happened to it. A pure function of what happened.
 */
export function layOut(history: readonly Happening[], now: Moment): Timeline {
  const sessions = new Map<string, Growing>()
  const services: Mark[] = []
  const others: Mark[] = []
  for (const happening of history) {
    switch (happening.kind) {
      case 'signed_in':
        sessions.set(happening.session_id, begin(happening))
        break
      case 'purge_probed':
      case 'refreshed':
      case 'replayed':
      case 'superseded':
      case 'ended': {
        const session = sessions.get(happening.session_id)
        if (session) grow(session, happening)
        break
      }
      case 'told_service':
        services.push(mark(happening, DELIVERY_MARKS[happening.state]))
        break
      case 'acted':
      case 'mailed':
        others.push(mark(happening, 'acted'))
        break
      case 'fault':
      case 'party':
        others.push(mark(happening, 'fault'))
        break
      case 'clock_moved':
        others.push(mark(happening, 'clock'))
        break
      case 'came_due':
        // What a party did then is told by itself.
        break
    }
  }
  return {
    now,
    lanes: lanesOf([...sessions.values()]),
    services: inOrder(services),
    others: inOrder(others),
  }
}

const DELIVERY_MARKS = { delivered: 'delivered', waiting: 'retrying', dead: 'dead' } as const

const begin = (beginning: HappeningOf<'signed_in'>): Growing => ({
  beginning,
  marks: [mark(beginning, 'signed_in')],
  refreshedAt: beginning.at,
  accessEndsAt: beginning.access_ends_at,
  ending: undefined,
})

function grow(
  session: Growing,
  happening: HappeningOf<'purge_probed' | 'refreshed' | 'replayed' | 'superseded' | 'ended'>,
): void {
  switch (happening.kind) {
    case 'purge_probed':
      session.marks.push(mark(happening, happening.outcome === 'proven' ? 'proven' : 'not_proven'))
      return
    case 'refreshed':
      session.refreshedAt = happening.at
      session.accessEndsAt = happening.access_ends_at
      break
    case 'ended':
      session.ending = { at: happening.at, reason: happening.reason }
      break
    case 'replayed':
    case 'superseded':
      break
  }
  session.marks.push(mark(happening, happening.kind))
}

function lanesOf(sessions: readonly Growing[]): readonly Lane[] {
  const lanes = new Map<string, Growing[]>()
  for (const session of sessions) {
    const { device_id, user_id, client_id } = session.beginning
    // Without a device key: a browser is known by who uses it.
    const id = device_id ?? `${user_id} ${client_id}`
    const lane = lanes.get(id)
    if (lane) lane.push(session)
    else lanes.set(id, [session])
  }
  return [...lanes].map(([id, all]) => laneOf(id, all))
}

function laneOf(id: string, sessions: readonly Growing[]): Lane {
  // The person and the name of the newest sign-in: a device may change hands.
  const { device, platform, person } = sessions.at(-1)?.beginning ?? {
    device: '',
    platform: '',
    person: '',
  }
  return { id, device, platform, person, bands: sessions.map(bandOf) }
}

function bandOf({ beginning, marks, refreshedAt, accessEndsAt, ending }: Growing): Band {
  return {
    session: beginning.session_id,
    client: beginning.client_id,
    from: beginning.at,
    ending,
    marks: inOrder(marks),
    ahead: ending
      ? undefined
      : {
          hour: accessEndsAt,
          window: refreshedAt + beginning.idle,
          absolute: beginning.at + beginning.absolute,
        },
  }
}

const mark = (happening: Happening, kind: MarkKind): Mark => ({
  number: happening.number,
  at: happening.at,
  kind,
  says: happeningInWords(happening),
})

/** By moment; what happened at the same one, as it was heard. */
const inOrder = (marks: readonly Mark[]): readonly Mark[] =>
  marks.toSorted((a, b) => a.at - b.at || a.number - b.number)
