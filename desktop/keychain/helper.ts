import * as v from 'valibot'
import { type Keytar, obey } from './orders.ts'
import { KeychainOrder } from './protocol.ts'

/**
 * The process that alone loads keytar. Its native calls may hang for a minute or for ever, may crash,
 * and keep a process from ending (notes/keychain.md §4): here that is nobody's trouble, for this one
 * is simply killed.
 */
let loaded: Promise<Keytar> | undefined

/** When the first order comes, not before: the library may be missing, and that is an answer too. */
function load(): Promise<Keytar> {
  loaded ??= import('keytar').then((module) => module.default)
  return loaded
}

process.parentPort.on('message', ({ data }) => {
  const order = v.safeParse(KeychainOrder, data)
  if (!order.success) return
  void obey(load, order.output).then((report) => process.parentPort.postMessage(report))
})
