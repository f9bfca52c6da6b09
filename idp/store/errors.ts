/**
 * Why the store can't start or go on:
 * - `data_folder_in_use`: another process owns the folder;
 * - `data_folder_unusable`: the folder can't be made, read or written;
 * - `store_corrupt`: a file is damaged or missing; nothing was changed;
 * - `store_too_new`: a later Latchkey wrote it;
 * - `store_stopped`: a write failed, or the store was closed; nothing is read or written any more.
 */
export type StoreErrorCode =
  | 'data_folder_in_use'
  | 'data_folder_unusable'
  | 'store_corrupt'
  | 'store_too_new'
  | 'store_stopped'

/** The message is one sentence or two for whoever runs the site: what is wrong, and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The system's own word for what went wrong: `ENOSPC`, `EACCES`; `undefined` when it has none. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** What a system error says, for the end of a sentence. */
export const inShort = (error: unknown): string =>
  systemCode(error) ?? (error instanceof Error ? error.message : String(error))
