import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import * as v from 'valibot'

/** Where a watched site is asked (`watched-site.ts`). */
export const socketOf = (data: string): string => `${data}.socket`

/** The longest times that the event loop was held, in milliseconds. */
const Pause = v.object({
  /** As whoever waits sees it. */
  whole: v.number(),
  /**
   * What the thread itself ran meanwhile: the rest it waited, for a processor that another process
   * had, or for a helper of the garbage collector that waited for one.
   */
  own: v.number(),
  /** How long of `whole` the thread stood in line for a processor. */
  queued: v.number(),
})

export type Pause = v.InferOutput<typeof Pause>

/** The longest pause since it was asked last. */
export const longestPause = (data: string): Promise<Pause> => ask(data, '/pause')

/** Has a snapshot made; the longest pause until it is done. */
export const takeSnapshot = (data: string): Promise<Pause> => ask(data, '/snapshot')

function ask(data: string, path: string): Promise<Pause> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socketOf(data), path }, (answer) => {
      json(answer).then((content) => resolve(v.parse(Pause, content)), reject)
    })
      .once('error', reject)
      .end()
  })
}
