import * as v from 'valibot'
import type { StartHelper } from '../ports.ts'

/**
 * A helper whose orders sometimes reach nobody: to whoever waits, a keychain that takes too long.
 *
 * @param isSlow asked before each order
 */
export const slowed =
  (start: StartHelper, isSlow: () => Promise<boolean>): StartHelper =>
  (listener) => {
    const helper = start(listener)
    let killed = false
    return {
      send(message) {
        void isSlow().then((slow) => slow || killed || helper.send(message))
      },
      kill() {
        killed = true
        helper.kill()
      },
    }
  }

const Taken = v.object({ taken: v.boolean() })

/** Asks a playground whether QA wants the keychain to be slow now; one that is away wants nothing. */
export const askPlayground =
  (hub: string): (() => Promise<boolean>) =>
  async () => {
    try {
      const answer = await fetch(new URL('/faults/slow_keychain/take', hub), { method: 'POST' })
      return v.parse(Taken, await answer.json()).taken
    } catch {
      return false
    }
  }
