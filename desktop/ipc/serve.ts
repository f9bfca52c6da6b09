import * as v from 'valibot'
import type { Log } from '../../client/ports.ts'
import {
  type Answer,
  type Arguments,
  COMMAND_NAMES,
  COMMANDS,
  type CommandName,
  channelOf,
} from './channels.ts'

/** Who sent a message, as the runtime says it, not as the sender does. */
export interface Sender {
  /** Of the frame that sent it; `undefined` when the frame is gone already. */
  readonly origin: string | undefined
  readonly isMainFrame: boolean
  /** Whether it is the app's own window. */
  readonly isAppWindow: boolean
}

export interface CommandChannels {
  handle(
    channel: string,
    answer: (sender: Sender, args: readonly unknown[]) => Promise<unknown>,
  ): void
}

export type CommandHandlers = {
  readonly [Name in CommandName]: (...args: Arguments<Name>) => Answer<Name> | Promise<Answer<Name>>
}

/** The origin of the app's own page. */
export const APP_ORIGIN = 'app://bundle'

/** Only the app's own page, in its own window, and no frame inside it. */
export const isTrusted = (sender: Sender): boolean =>
  sender.isAppWindow && sender.isMainFrame && sender.origin === APP_ORIGIN

/** The main process's end: each command checked for its sender, its arguments and its answer. */
export function serveCommands(
  channels: CommandChannels,
  handlers: CommandHandlers,
  log: Log,
): void {
  for (const name of COMMAND_NAMES) {
    channels.handle(channelOf(name), async (sender, args) => {
      if (!isTrusted(sender)) {
        log('warn', 'command_refused', { command: name, origin: sender.origin })
        throw new Error('Only the app’s own page may ask for this.')
      }
      return answer(name, handlers, args, log)
    })
  }
}

async function answer<Name extends CommandName>(
  name: Name,
  handlers: CommandHandlers,
  given: readonly unknown[],
  log: Log,
): Promise<unknown> {
  const { args, answer: shape } = COMMANDS[name]
  const read = v.safeParse(args, given)
  if (!read.success) {
    log('warn', 'command_malformed', { command: name })
    throw new Error('This is not how to ask for it.')
  }
  const handle = handlers[name] as (...args: readonly unknown[]) => unknown
  try {
    return v.parse(shape, await handle(...read.output))
  } catch (error) {
    // The page learns nothing of it: what a person should know is in the view.
    log('error', 'command_failed', {
      command: name,
      error: error instanceof Error ? error.name : 'unknown',
    })
    throw new Error('This did not work.')
  }
}
