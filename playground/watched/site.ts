import { createInterface } from 'node:readline'
import { start } from '../../idp/start.ts'
import { StartError } from '../../idp/start-error.ts'
import { StoreError } from '../../idp/store/errors.ts'
import type { Write } from '../../idp/store/store.ts'
import { watchRequests } from '../requests/watch.ts'
import { AnswerFaults } from '../site/answer-faults.ts'
import { readOrder } from '../site/orders.ts'
import { shownWrite } from '../site/records.ts'
import { tell } from './tell.ts'
import { weigh } from './weigh.ts'

const tellWrites = (writes: readonly Write[]) =>
  tell({ told: writes.map(shownWrite).filter((write) => write !== undefined) })

/**
 * The site as it is, in a process where the playground looks over its shoulder: each commit is told on
 * standard output without its secrets, and answers can be made to fail. It costs production nothing, for
 * there `idp/main.ts` runs alone.
 */
async function main(): Promise<void> {
  watchRequests({ party: 'site', tell: (request) => tell({ request }) })
  const faults = new AnswerFaults((fault) => tell({ met: fault }))
  let telling = false
  const store = await start(process.env, {
    committed: (writes) => telling && tellWrites(writes),
    before: (server) => faults.stand(server),
  })
  // What is committed from here on comes after this; what was on its way is told twice, and that is no harm.
  telling = true
  tellWrites(store.everything())
  createInterface({ input: process.stdin }).on('line', (line) => {
    const order = readOrder(line)
    if (order === undefined) return
    if ('fault' in order) faults.set(order.fault, order.mode)
    else if ('catchUp' in order) tell({ caughtUp: order.catchUp })
    else tell({ weighed: order.weigh, weight: weigh(store.everything().length) })
  })
}

main().catch((error: unknown) => {
  const expected = error instanceof StartError || error instanceof StoreError
  const why = error instanceof Error ? error.message : 'unknown failure'
  process.stderr.write(`${expected ? why : `Unexpected: ${why}`}\n`)
  process.exit(1)
})
