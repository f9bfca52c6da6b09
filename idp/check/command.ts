import { parseArgs } from 'node:util'
import { DEFAULT_DATA } from '../settings.ts'
import { StartError } from '../start-error.ts'
import { nodeDisk } from '../store/disk.ts'
import { checkFolder, type Findings } from './folder.ts'

/**
 * `npm run site -- check [--data <folder>]`: looks through a data folder while no site runs on it.
 *
 * @returns the exit code: 0 when all is well
 * @throws StartError, StoreError with a sentence for whoever asked
 */
export async function check(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const folder = folderIn(words) ?? environment.DATA ?? DEFAULT_DATA
  const findings = await checkFolder(folder, nodeDisk)
  process.stdout.write(inWords(folder, findings))
  return findings.faults.length === 0 ? 0 : 1
}

function folderIn(words: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...words], options: { data: { type: 'string' } } }).values.data
  } catch (error) {
    throw new StartError(
      `${error instanceof Error ? error.message : 'Unknown option.'} Say: npm run site -- check [--data <folder>]`,
    )
  }
}

function inWords(folder: string, { version, counts, faults }: Findings): string {
  const widest = Math.max(...[...counts.keys()].map((table) => table.length))
  return [
    version === undefined ? `${folder}:` : `${folder}, store version ${version}:`,
    ...[...counts].map(([table, count]) => `  ${table.padEnd(widest)} ${count}`),
    ...(faults.length === 0 ? ['all is well'] : faults.map((fault) => `- ${fault}`)),
    '',
  ].join('\n')
}
