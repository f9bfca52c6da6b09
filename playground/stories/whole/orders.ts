import type { FetchOutcome } from '../../../client/attach.ts'
import type { Ending } from '../../../client/held.ts'
import type { SignInResult } from '../../../client/sign-in.ts'
import type { State } from '../../../client/state.ts'

/** What the story asks of a device, each answered by one {@link Report}. */
export type Order =
  | { readonly do: 'start' }
  | { readonly do: 'sign_in' }
  | { readonly do: 'sign_out' }
  /** Calls the sample service on the person's behalf. */
  | { readonly do: 'call'; readonly url: string }
  /** Sends the newest access token to the service without asking the engine: a JWT that is still out there. */
  | { readonly do: 'call_bare'; readonly url: string }
  /** The next answer to a refresh reaches the machine, and the process dies before it reads it. */
  | { readonly do: 'die_on_next_refresh' }

/** What went over the wire since the last report, told without secrets. */
export interface Exchange {
  readonly path: string
  readonly status: number
  /** Of the refresh token in the answer: the first characters of its SHA-256. */
  readonly fingerprint?: string
  /** Whether the newest refresh token was in the secret store when this request left. */
  readonly newestStored: boolean
}

export interface CallReport {
  readonly kind: FetchOutcome['kind']
  readonly status?: number
  readonly body?: Readonly<Record<string, unknown>>
  readonly ended?: Ending | undefined
}

export interface Report {
  readonly state: State
  readonly exchanges: readonly Exchange[]
  readonly signIn?: SignInResult
  readonly call?: CallReport
}

/** What crosses the channel between the story and a device. */
export type ToDevice =
  | { readonly order: Order; readonly number: number }
  /** The browser was opened; whatever it came to reaches the device by loopback. */
  | { readonly opened: number; readonly failure?: string }

export type FromDevice =
  | { readonly ready: true }
  | { readonly report: Report; readonly number: number }
  | { readonly failure: string; readonly number: number }
  /** Please open the system browser. */
  | { readonly open: string; readonly number: number }
  /** Said just before dying. */
  | { readonly lost: string }
