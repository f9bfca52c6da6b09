import type { PurgeOutcome } from '../../protocol/purge-proof.ts'

/** What is known after the provider's cookies were removed. */
export interface Evidence {
  readonly removed: number
  /** Cookies that are still there. */
  readonly left: number
  /** What the provider said to `prompt=none` just now. */
  readonly probe: PurgeOutcome
  /** Whether that question came with the cookies that a person's own visit would come with. */
  readonly probeBroughtCookies: boolean
  /** What it said to the site's own probe, in the sign-in window, before any cookie was removed here. */
  readonly site: PurgeOutcome | undefined
}

/**
 * What the evidence proves. Only a probe that brings the cookies proves by itself; where the browser leaves
 * them out (Firefox, in a flow without a window that is led from one site to another), "I would have to ask"
 * would be said to anybody, so the jar and the site's probe have to agree.
 */
export function weigh({ removed, left, probe, probeBroughtCookies, site }: Evidence): PurgeOutcome {
  if (probe === 'sticky') return 'sticky'
  if (probeBroughtCookies) return probe
  if (site === 'proven' && left === 0) return 'proven'
  return site === 'sticky' && removed === 0 ? 'sticky' : 'unknown'
}
