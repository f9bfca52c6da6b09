import type { Duration } from '../clock/moment.ts'
import type { DeviceKey } from '../protocol/dpop/key.ts'

/**
 * What the engine needs of a platform. The engine itself knows none: the desktop brings the OS
 * keychain and the system browser, the extension its storage and `launchWebAuthFlow`.
 */

/**
 * One secret entry. One, because a keychain has no transactions: token, attempt and device must
 * change together or not at all (notes/field.md T15).
 */
export interface SecretStore {
  /** The entry, or `undefined` when there is none. */
  read(): Promise<string | undefined>
  /** Replaces the entry; resolves once it will survive a crash. */
  write(value: string): Promise<void>
  clear(): Promise<void>
}

/** Where the key of this installation comes from. */
export interface DeviceKeys {
  /**
   * @param kept what {@link DeviceKeys.create} asked to keep
   * @returns `undefined` when there is no key (any more). Throws when it can't be read just now:
   * that is not a loss, and is tried again.
   */
  load(kept: string | undefined): Promise<DeviceKey | undefined>
  /**
   * Makes a new key. `keep` travels in the engine's secret entry: the private JWK on the desktop,
   * nothing where the platform holds the key itself.
   */
  create(): Promise<{ readonly key: DeviceKey; readonly keep?: string }>
}

/** What the engine says of an address that came back; a receiver may turn it into a page. */
export type CallbackVerdict =
  /** Not an answer to this sign-in: say so to whoever came, and go on waiting. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'accepted' }
  /** The site's refusal, in a sentence for people. */
  | { readonly kind: 'refused'; readonly sentence: string }

/** Opens the system browser, and knows a way back from it. */
export interface BrowserLauncher {
  /** Prepares the way back, e.g. a loopback receiver. The caller closes it. */
  prepare(): Promise<WayBack>
  /**
   * The same way back once more, for a sign-in whose process ended while the person was in the
   * browser. Its `open` opens none: the person has one open already.
   *
   * @returns `undefined` when it can't be had again, e.g. because its port is somebody else's now
   */
  again?(redirectUri: string): Promise<WayBack | undefined>
}

export interface WayBack {
  readonly redirectUri: string
  /**
   * Opens `url` in the browser and waits for the person to come back.
   *
   * @param judge asked for each address that comes in; only a `foreign` one is not the end
   * @returns the address that was not foreign
   * @throws when the person closed the window, time is over, or `signal` aborts
   */
  open(
    url: string,
    judge: (callbackUrl: string) => CallbackVerdict,
    signal: AbortSignal,
  ): Promise<string>
  close(): Promise<void>
}

/** `fetch`, which is one of these. */
export type Http = (request: Request) => Promise<Response>

/**
 * A lock among all processes that share one {@link SecretStore} (Web Locks, a lock file). Where
 * there is only one process, none is needed. The engine stays right without one, because the site
 * and the journal settle every race; a lock makes races rare.
 */
export interface Lock {
  withLock<T>(name: 'refresh' | 'journal', work: () => Promise<T>): Promise<T>
}

/** Waits; rejects when `signal` aborts. Used for a few seconds at most, while somebody waits. */
export type Pause = (duration: Duration, signal?: AbortSignal) => Promise<void>

export type LogLevel = 'info' | 'warn' | 'error'

/** Structured; never given a token, code, verifier, proof or key. */
export type Log = (
  level: LogLevel,
  event: string,
  details?: Readonly<Record<string, string | number | boolean | undefined>>,
) => void
