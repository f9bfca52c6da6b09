import * as v from 'valibot'
import { EMBEDDED_APPLICATION } from './embedded/application.ts'
import { VAULTS, type VaultName } from './storage/vault.ts'

/** What stays on this machine can be read by nobody on the way. */
const OWN_HOSTS = ['127.0.0.1', '[::1]', 'localhost']

/** Electron's security checklist no. 1: nothing comes or goes that others can read or change. */
const Address = v.pipe(
  v.string(),
  v.check((address) => {
    if (!URL.canParse(address)) return false
    const { protocol, hostname } = new URL(address)
    return protocol === 'https:' || (protocol === 'http:' && OWN_HOSTS.includes(hostname))
  }, 'https, or plain http at this machine’s own addresses'),
)

/** Where the app finds the parties, and where it keeps what it holds. */
export interface Settings {
  /** Our site, exactly as it calls itself. */
  readonly site: string
  readonly services: readonly string[]
  /** The shared clock of a playground; never in a packaged app. */
  readonly clockUrl: string | undefined
  readonly keepIn: VaultName
  /** The provider to show the embedded sign-in with; never in a packaged app. */
  readonly embedded: EmbeddedSettings | undefined
}

export interface EmbeddedSettings {
  readonly issuer: string
  readonly clientId: string
}

const Environment = v.object({
  LATCHKEY_SITE: v.optional(Address, 'http://127.0.0.1:3000'),
  LATCHKEY_SERVICES: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(/[\s,]+/).filter((part) => part !== '')),
      v.array(Address),
    ),
    '',
  ),
  LATCHKEY_CLOCK: v.optional(Address),
  LATCHKEY_EMBEDDED_ISSUER: v.optional(Address),
  LATCHKEY_EMBEDDED_CLIENT: v.optional(v.string(), EMBEDDED_APPLICATION.clientId),
  LATCHKEY_KEEP_IN: v.optional(v.picklist(VAULTS), 'keychain'),
})

export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/**
 * Reads the settings from the environment.
 *
 * @param packaged whether this is the app as people install it: its time is nobody's to move
 * @throws SettingsError with a sentence for whoever set it
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  packaged: boolean,
): Settings {
  const read = v.safeParse(Environment, environment)
  if (!read.success) {
    const [issue] = read.issues
    const name = v.getDotPath(issue) ?? 'The environment'
    throw new SettingsError(`${name} is not as it should be: ${issue.message}`)
  }
  const { LATCHKEY_SITE, LATCHKEY_SERVICES, LATCHKEY_CLOCK, LATCHKEY_KEEP_IN } = read.output
  const { LATCHKEY_EMBEDDED_ISSUER: issuer, LATCHKEY_EMBEDDED_CLIENT: clientId } = read.output
  const forDevelopment = { LATCHKEY_CLOCK, LATCHKEY_EMBEDDED_ISSUER: issuer }
  for (const [name, value] of Object.entries(forDevelopment)) {
    if (packaged && value !== undefined) {
      throw new SettingsError(`${name} is for development only: unset it.`)
    }
  }
  return {
    site: LATCHKEY_SITE,
    services: LATCHKEY_SERVICES,
    clockUrl: LATCHKEY_CLOCK,
    keepIn: LATCHKEY_KEEP_IN,
    embedded: issuer === undefined ? undefined : { issuer, clientId },
  }
}
