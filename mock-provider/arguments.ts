import { parseArgs } from 'node:util'
import { StartError } from './start-error.ts'

/** What the program is asked to do. */
export type Command =
  | { readonly name: 'serve' }
  | { readonly name: 'print-env' }
  | {
      readonly name: 'doctor'
      /** As MSAL is given it; left out, the provider's own. */
      readonly authority: string | undefined
      /** As MSAL is given them; `undefined` when that was not told. */
      readonly knownAuthorities: readonly string[] | undefined
    }

export interface Arguments {
  readonly command: Command
  /** Short for `PROVIDER_HTTPS=1`. */
  readonly https: boolean
}

export const USAGE = `npm run provider -- [--https] [command]

  (no command)          serves until it is told to stop; its settings are in docs/provider.md
  print-env             what to set so that Node, Chromium and Electron trust the provider's https
  doctor [authority]    why MSAL says endpoints_resolution_error; of the provider's own authority by default
    --known-authorities <host:port,…>   what your application gives MSAL as knownAuthorities
`

const OPTIONS = {
  https: { type: 'boolean', default: false },
  'known-authorities': { type: 'string' },
} as const

/** @throws StartError saying what there is. */
export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse(words)
  const [name, authority, ...more] = positionals
  const known = values['known-authorities']
  const wrong =
    more.length > 0 ||
    (name !== 'doctor' && (authority !== undefined || known !== undefined)) ||
    (authority !== undefined && !URL.canParse(authority))
  if (wrong) throw new StartError(USAGE)
  return { command: commandOf(name, authority, known), https: values.https }
}

function commandOf(
  name: string | undefined,
  authority: string | undefined,
  known: string | undefined,
): Command {
  switch (name) {
    case undefined:
      return { name: 'serve' }
    case 'print-env':
      return { name }
    case 'doctor':
      return { name, authority, knownAuthorities: known?.split(',').filter((one) => one !== '') }
    default:
      throw new StartError(USAGE)
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true })
  } catch {
    throw new StartError(USAGE)
  }
}
