import * as v from 'valibot'
import {
  COMMAND_NAMES,
  COMMANDS,
  type CommandName,
  channelOf,
  type DesktopApi,
  VIEW_CHANNEL,
} from './channels.ts'
import { View } from './view.ts'

/** The page's way to the main process, as the preload has it. */
export interface MainProcess {
  invoke(channel: string, args: readonly unknown[]): Promise<unknown>
  /** @returns a function that ends it */
  listen(channel: string, listener: (message: unknown) => void): () => void
}

/** The page's end: one function a command, and no way to name a channel. */
export function desktopApi(main: MainProcess): DesktopApi {
  const commands = COMMAND_NAMES.map((name) => [name, caller(main, name)] as const)
  return {
    ...(Object.fromEntries(commands) as Omit<DesktopApi, 'onView'>),
    onView: (listener) =>
      main.listen(VIEW_CHANNEL, (message) => {
        const view = v.safeParse(View, message)
        if (view.success) listener(view.output)
      }),
  }
}

const caller =
  (main: MainProcess, name: CommandName) =>
  async (...given: unknown[]) => {
    const { args, answer } = COMMANDS[name]
    return v.parse(answer, await main.invoke(channelOf(name), v.parse(args, given)))
  }
