import * as v from 'valibot'
import { Configuration, DEFAULT_CONFIGURATION } from '../configuration.ts'
import { browser } from '../platform.ts'

const KEY = 'configuration'

/** What was set by hand, or the default; what can't be read is no configuration. */
export async function readConfiguration(): Promise<Configuration> {
  const kept = v.safeParse(Configuration, (await browser.storage.local.get(KEY))[KEY])
  return kept.success ? kept.output : DEFAULT_CONFIGURATION
}

export const writeConfiguration = (configuration: Configuration): Promise<void> =>
  browser.storage.local.set({ [KEY]: configuration })
