import type { Policy } from '../config.ts'
import { policyKey } from '../dialect/b2c/paths.ts'

/** B2C's `tx`: names the policy too, for the way back from a social provider doesn't. */
export const transactionOf = (policy: Policy, uid: string): string =>
  `StateProperties=${Buffer.from(JSON.stringify({ TID: uid, P: policyKey(policy) })).toString('base64url')}`

/** @returns the handle and the policy's key, `undefined` when the text is not a `tx`. */
export function readTransaction(tx: unknown): { uid: string; policy: string } | undefined {
  if (typeof tx !== 'string') return undefined
  try {
    const json = Buffer.from(tx.replace(/^StateProperties=/, ''), 'base64url').toString()
    const { TID, P } = JSON.parse(json) as Record<string, unknown>
    return typeof TID === 'string' && typeof P === 'string' ? { uid: TID, policy: P } : undefined
  } catch {
    return undefined
  }
}
