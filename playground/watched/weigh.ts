import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Weight } from '../site/orders.ts'

/**
 * What this process holds once all garbage is gone: how much more it takes from the system at a moment is
 * the collector's choice, and tells little.
 *
 * @param records - how many its store keeps
 */
export function weigh(records: number): Weight {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  // Unlike `external`, these count what is shared as well: the store's records are kept in such buffers.
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return { held: heapUsed + arrayBuffers, records }
}
