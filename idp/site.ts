import type { Logger } from 'pino'
import type { Clock } from '../clock/clock.ts'
import type { Duration, Moment } from '../clock/moment.ts'
import type { ProofNonces } from '../protocol/dpop/nonce.ts'
import type { SeenProofs } from '../protocol/dpop/seen.ts'
import type { By } from './audit/by.ts'
import type { RateLimits } from './http/rate-limits.ts'
import type { SignedLinks } from './links/signed-link.ts'
import type { Mailer } from './mail/message.ts'
import type { EventKeys } from './services/event-keys.ts'
import type { Telling } from './sessions/endings.ts'
import type { Turns } from './sessions/turns.ts'
import type { Settings } from './settings.ts'
import type { Providers } from './sign-in/provider.ts'
import type { Store } from './store/store.ts'
import type { SigningKeys } from './tokens/signing-keys.ts'

/** Everything that the site's parts are handed: its settings and its ports. */
export interface Site {
  readonly settings: Settings
  readonly clock: Clock
  readonly store: Store
  readonly keys: SigningKeys
  /** Of Security Event Tokens; `null`: no endpoint asks for them. */
  readonly eventKeys: EventKeys | null
  readonly providers: Providers
  readonly mailer: Mailer
  readonly links: SignedLinks
  readonly nonces: ProofNonces
  readonly seen: SeenProofs
  readonly turns: Turns
  readonly limits: RateLimits
  readonly log: Logger
  /** How far the shared clock of development is ahead; pages say so. */
  readonly ahead: () => Duration | undefined
  /** Something became due at once, e.g. a delivery: don't wait for the next nap to end. */
  readonly hurry: () => void
}

/** The names of the services that hear of every ending. */
export const serviceNames = (site: Pick<Site, 'settings'>): readonly string[] =>
  site.settings.services.map((service) => service.url)

/** Whom a change is told to, when and by whom: what everything that ends sessions asks for. */
export const telling = (site: Pick<Site, 'settings'>, by: By, now: Moment): Telling => ({
  services: serviceNames(site),
  now,
  by,
})
