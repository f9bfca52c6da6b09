import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import * as v from 'valibot'

/** Where a watched site is asked (`watched-site.ts`). */
export const socketOf = (data: string): string => `${data}.socket`

const Answer = v.object({ longest: v.number() })

/** The longest time that the event loop was held since it was asked last, in milliseconds. */
export const longestPause = (data: string): Promise<number> => ask(data, '/pause')

/** Has a snapshot made; the longest pause until it is done. */
export const takeSnapshot = (data: string): Promise<number> => ask(data, '/snapshot')

function ask(data: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socketOf(data), path }, (answer) => {
      json(answer).then((content) => resolve(v.parse(Answer, content).longest), reject)
    })
      .once('error', reject)
      .end()
  })
}
