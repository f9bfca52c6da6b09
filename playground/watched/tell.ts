import process from 'node:process'
import type { FromParty } from '../site/orders.ts'

/** Tells the playground something, on a line of its own. */
export const tell = (message: FromParty): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}
