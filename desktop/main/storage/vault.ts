import type { Duration } from '../../../clock/moment.ts'
import type { Trouble } from '../../ipc/troubles.ts'

/** What the setting chooses from. */
export const VAULTS = ['keychain', 'safe_storage'] as const

export type VaultName = (typeof VAULTS)[number]

/** Somewhere that keeps one entry beyond the end of the app, and that nobody else can read. */
export interface Vault {
  /**
   * Whether it can be used just now: writes, reads and removes something.
   *
   * @param limit how long it may take; a person may have to type a password first
   * @throws VaultError
   */
  probe(limit: Duration): Promise<void>
  /** @throws VaultError */
  read(): Promise<string | undefined>
  /** @throws VaultError */
  write(value: string): Promise<void>
  /** @throws VaultError */
  clear(): Promise<void>
}

/** Why a vault did not do it. */
export class VaultError extends Error {
  override readonly name = 'VaultError'
  readonly trouble: Trouble

  constructor(trouble: Trouble) {
    super(`The secret could not be kept: ${trouble}.`)
    this.trouble = trouble
  }
}

export const troubleOf = (error: unknown): Trouble =>
  error instanceof VaultError ? error.trouble : 'failing'
