import * as v from 'valibot'
import { Id } from '../../protocol/ids.ts'
import { DISABLE_MODES } from '../../protocol/my-logins.ts'
import { View, WAYS } from './view.ts'

interface Shape {
  readonly args: v.GenericSchema<unknown[], readonly unknown[]>
  readonly answer: v.GenericSchema
}

const nothing = v.strictTuple([])

/**
 * What the page may ask of the main process, the one place that names it. Both ends check both
 * directions: arguments and answers are data from another process.
 */
export const COMMANDS = {
  look: { args: nothing, answer: View },
  signIn: { args: v.strictTuple([v.picklist(WAYS)]), answer: v.void() },
  cancelSignIn: { args: nothing, answer: v.void() },
  openAgain: { args: nothing, answer: v.void() },
  copyLink: { args: nothing, answer: v.void() },
  signOut: { args: nothing, answer: v.void() },
  tryAgain: { args: nothing, answer: v.void() },
  tryKeychain: { args: nothing, answer: v.void() },
  endDevice: { args: v.strictTuple([Id]), answer: v.void() },
  endOthers: { args: nothing, answer: v.void() },
  switchAccount: { args: v.strictTuple([Id]), answer: v.void() },
  disableLogins: { args: v.strictTuple([v.picklist(DISABLE_MODES)]), answer: v.void() },
  demonstrateSignIn: { args: nothing, answer: v.void() },
  demonstratePurge: { args: nothing, answer: v.void() },
  leaveDemonstration: { args: nothing, answer: v.void() },
} as const satisfies Record<string, Shape>

export type CommandName = keyof typeof COMMANDS

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[]

export type Arguments<Name extends CommandName> = v.InferOutput<(typeof COMMANDS)[Name]['args']>
export type Answer<Name extends CommandName> = v.InferOutput<(typeof COMMANDS)[Name]['answer']>

export const channelOf = (name: CommandName): string => `command:${name}`

/** What the main process says without being asked. */
export const VIEW_CHANNEL = 'view'

/** `window.latchkey`: all that the page gets. */
export type DesktopApi = {
  readonly [Name in CommandName]: (...args: Arguments<Name>) => Promise<Answer<Name>>
} & {
  /** @returns a function that ends it */
  onView(listener: (view: View) => void): () => void
}
