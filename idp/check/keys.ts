import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { importJWK } from 'jose'
import * as v from 'valibot'

const KeyFile = v.object({
  keys: v.pipe(
    v.array(v.looseObject({ kty: v.literal('EC'), d: v.string(), kid: v.string() })),
    v.minLength(1),
  ),
})

/** What is wrong with the files that hold keys, in sentences; that they are missing may be right. */
export async function keyFaults(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = []
  if (names.includes('keys.json') && !(await holdsSigningKeys(path.join(folder, 'keys.json')))) {
    faults.push(
      `${path.join(folder, 'keys.json')} holds no signing keys that can be read: put it back from a backup; or move it away to start with new keys, which makes every access token out there invalid until its next refresh.`,
    )
  }
  if (names.includes('links.key') && !(await holdsLinkKey(path.join(folder, 'links.key')))) {
    faults.push(
      `${path.join(folder, 'links.key')} holds no key that can be read: put it back from a backup; or move it away to start with a new one, which makes the links in mails that are out there invalid.`,
    )
  }
  return faults
}

async function holdsSigningKeys(file: string): Promise<boolean> {
  try {
    const { keys } = v.parse(KeyFile, JSON.parse(await readFile(file, 'utf8')))
    // The right names may still hold numbers that are no key.
    for (const key of keys) await importJWK(key, 'ES256')
    return true
  } catch {
    return false
  }
}

async function holdsLinkKey(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return /^[\w-]{43}\n?$/.test(text)
}
