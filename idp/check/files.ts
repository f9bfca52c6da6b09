import { stat } from 'node:fs/promises'
import path from 'node:path'
import { generationFiles, UNFINISHED } from '../store/generations.ts'

/** Files that hold a secret by which others could speak for the site. */
const SECRETS = ['keys.json', 'links.key']

/** What belongs to a data folder besides its generations. */
const OURS = [...SECRETS, 'outbox']
const LOCK = /^lock-\d{1,15}$/
const DRAFT = /^(?:lock.*\.tmp|(?:keys\.json|links\.key)\.new)$/
const TORN = /^journal-\d+\.jsonl\.torn$/

const OTHERS = 0o077

/** What lies in the folder and shouldn't, in sentences. */
export function nameFaults(folder: string, names: readonly string[]): readonly string[] {
  const files = generationFiles(names)
  const lastGood = files.filter(({ kind }) => kind === 'snapshot').at(-2)?.generation ?? 0
  const old = new Set(files.filter((file) => file.generation < lastGood).map(({ name }) => name))
  const known = new Set(files.map(({ name }) => name))
  return names.flatMap((name) => {
    const fault = old.has(name)
      ? 'is older than the last good snapshot, and left over: remove it'
      : known.has(name) || OURS.includes(name) || LOCK.test(name)
        ? undefined
        : UNFINISHED.test(name)
          ? 'is a snapshot that was never finished, as a stop leaves it: start the site, which removes it'
          : DRAFT.test(name)
            ? 'is a draft that was never finished, as a stop leaves it: remove it'
            : TORN.test(name)
              ? 'holds the torn end of a journal that a start moved aside: remove it once nobody wants to look into it'
              : 'is nothing of this site: move it out of the folder'
    return fault === undefined ? [] : [`${path.join(folder, name)} ${fault}.`]
  })
}

/** Secrets that others on this machine can read. */
export async function rightsFaults(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  // Windows has no such bits.
  if (process.platform === 'win32') return []
  const faults: string[] = []
  for (const name of SECRETS.filter((secret) => names.includes(secret))) {
    const file = path.join(folder, name)
    const { mode } = await stat(file)
    if ((mode & OTHERS) === 0) continue
    faults.push(
      `${file} may be read or written by others (mode ${(mode & 0o777).toString(8)}): run chmod 600 on it, and think of who may have read it.`,
    )
  }
  return faults
}
