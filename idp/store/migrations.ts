import * as v from 'valibot'
import { DAY, fromSeconds } from '../../clock/moment.ts'
import type { AnyRecord } from './data.ts'
import { StoreError } from './errors.ts'

/** A record as some version wrote it. */
interface Written {
  readonly id: string
  readonly [field: string]: unknown
}

/**
 * What becomes of a record on the way from one version to the next, by table; tables that are not
 * named stay as they are. A step is pure and looks at one record alone, so that a million of them
 * never need a second copy, and a journal can go the same way line by line. It is never changed
 * afterwards: it uses nothing of ours that could change under it.
 */
type Step = Readonly<Record<string, (record: Written) => Written>>

/** Events began to say how long they are kept: their receivers' memory and two weeks. */
const EventOfVersion1 = v.looseObject({
  id: v.string(),
  at: v.number(),
  payload: v.looseObject({ data: v.looseObject({ exp: v.optional(v.number()) }) }),
})

/** The first leads from version 1 to 2, and so on. */
const STEPS: readonly Step[] = [
  {
    user: (user) => ({ allEnded: null, ...user }),
    event(written) {
      const event = v.parse(EventOfVersion1, written)
      const { exp } = event.payload.data
      const remembered = Math.max(event.at, exp === undefined ? event.at : fromSeconds(exp))
      return { sequence: 0, keepUntil: remembered + 14 * DAY, ...event }
    },
    delivery: (delivery) => ({ history: [], ...delivery }),
  },
]

/**
 * The version that this Latchkey writes. A change of records that an older one would misread adds a
 * step above, and with it raises this.
 */
export const SCHEMA_VERSION = STEPS.length + 1

/** A record of an older version as it is today. */
export function migrate(table: string, record: AnyRecord, version: number): AnyRecord {
  if (version === SCHEMA_VERSION) return record
  let written: Written = { ...record }
  for (const step of STEPS.slice(version - 1)) written = step[table]?.(written) ?? written
  // What the steps lead to is what records.ts says; the tests hold them to it.
  return written as unknown as AnyRecord
}

export const tooNew = (path: string, version: number): StoreError =>
  new StoreError(
    'store_too_new',
    `${path} was written by a newer Latchkey (store version ${version}, this one knows ${SCHEMA_VERSION}): start that one, or restore a backup from before the update. Nothing was changed.`,
  )
