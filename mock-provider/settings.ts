import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { DOMAINS } from './certificates/authority.ts'
import { ProviderConfig } from './config.ts'
import { DEFAULT_CONFIG } from './defaults.ts'
import { type JsonPlaces, jsonPlaces } from './json-places.ts'
import { StartError } from './start-error.ts'

export interface Settings {
  /** Whether https is spoken, by a certificate of an authority of our own; else plain http. */
  readonly https: boolean
  /** The name in all its addresses. */
  readonly host: string
  /** The folder in which the certificate authority is kept. */
  readonly data: string
  /** 0 for any free one. */
  readonly port: number
  /** The shared clock to follow. */
  readonly clockUrl: string | undefined
  /** Whether the control API answers. */
  readonly control: boolean
  readonly config: ProviderConfig
}

/** Where it listens unless told otherwise. */
export const DEFAULT_PORTS = { http: 4000, https: 4443 } as const

/** The authority's domains, or names below them. */
const NAMES = new RegExp(`^([a-z0-9-]+\\.)*(${DOMAINS.join('|').replaceAll('.', '\\.')})$`)

/** What may be in the environment; each entry has its setting's name. */
const Environment = v.object({
  PORT: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,5}$/, 'is a number from 0 to 65535'),
      v.transform(Number),
      v.maxValue(65_535, 'is a number from 0 to 65535'),
    ),
  ),
  PROVIDER_HTTPS: v.optional(v.picklist(['0', '1'], 'is 1 for https, or 0'), '0'),
  PROVIDER_HOST: v.optional(
    v.pipe(
      v.string(),
      v.toLowerCase(),
      v.regex(
        NAMES,
        `is localhost, or a name below ${DOMAINS.join(', ')}, e.g. contoso.b2clogin.com: the certificate authority can speak for no other`,
      ),
    ),
    'localhost',
  ),
  PROVIDER_DATA: v.optional(
    v.pipe(v.string(), v.minLength(1, 'is the path of a folder')),
    '.latchkey/provider',
  ),
  CLOCK_URL: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => URL.canParse(text), 'is an address like http://127.0.0.1:3200'),
    ),
  ),
  PROVIDER_CONFIG: v.optional(v.pipe(v.string(), v.minLength(1, 'is the path of a file'))),
  PROVIDER_CONTROL: v.optional(
    v.picklist(['0', '1'], 'is 1 to switch the control API on, or 0'),
    '0',
  ),
})

/**
 * Reads the settings from the environment, and the file that `PROVIDER_CONFIG` names.
 *
 * @throws StartError naming each setting that is wrong and what it should be; never a value, which
 *   may be a secret.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const read = v.safeParse(Environment, environment)
  if (!read.success) {
    throw new StartError(`The provider's settings need a correction: ${faults(read.issues)}.`)
  }
  const { PORT, CLOCK_URL, PROVIDER_CONFIG, PROVIDER_CONTROL } = read.output
  const https = read.output.PROVIDER_HTTPS === '1'
  return {
    https,
    host: read.output.PROVIDER_HOST,
    data: read.output.PROVIDER_DATA,
    port: PORT ?? DEFAULT_PORTS[https ? 'https' : 'http'],
    clockUrl: CLOCK_URL,
    control: PROVIDER_CONTROL === '1',
    config:
      PROVIDER_CONFIG === undefined
        ? v.parse(ProviderConfig, DEFAULT_CONFIG)
        : readConfig(PROVIDER_CONFIG),
  }
}

function readConfig(path: string): ProviderConfig {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new StartError(
      `PROVIDER_CONFIG names ${path}, which can't be read: correct the path, or leave it out for the default people.`,
    )
  }
  // Asked before the parser, whose own message quotes the text: that holds passwords.
  const places = jsonPlaces(text)
  if ('wrongLine' in places) {
    throw new StartError(
      `The file ${path} that PROVIDER_CONFIG names is not JSON from line ${places.wrongLine} on: correct it.`,
    )
  }
  const read = v.safeParse(ProviderConfig, JSON.parse(text))
  if (!read.success) {
    const where = faults(read.issues, places)
    throw new StartError(`The provider's file ${path} needs a correction: ${where}.`)
  }
  return read.output
}

/**
 * `line 4: people.0.oid is a GUID; …`. Valibot's own sentences quote the value: those are replaced.
 *
 * @param places - of the file that was read, when it was one
 */
const faults = (issues: readonly v.BaseIssue<unknown>[], places?: JsonPlaces): string =>
  issues
    .map((issue) => {
      const path = issue.path?.map(({ key }) => key as PropertyKey) ?? []
      const line = places === undefined ? '' : `line ${places.lineOf(path)}: `
      const where = `${line}${v.getDotPath(issue) ?? 'it'}`
      const ours = !issue.message.startsWith('Invalid ')
      if (ours) return `${where} ${issue.message}`
      return issue.received === 'undefined'
        ? `${where} is missing`
        : `${where} is ${WANTED[issue.expected ?? ''] ?? 'not what is expected there'}`
    })
    .join('; ')

/** How Valibot calls what it wants, in words. */
const WANTED: Readonly<Record<string, string>> = {
  string: 'a text, in quotes',
  number: 'a number',
  boolean: 'true or false',
  Array: 'a list',
  Object: 'an object, in braces',
}
