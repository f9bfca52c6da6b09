import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { importJWK } from 'jose'
import { nodeDisk } from '../store/disk.ts'
import { KeyFileOnDisk } from '../tokens/key-file.ts'

/** What is wrong with the files that hold keys, in sentences; that they are missing may be right. */
export async function keyFaults(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const faults: string[] = []
  const signing = new KeyFileOnDisk(folder, nodeDisk)
  if (names.includes('keys.json') && !(await holdsKeys(signing))) {
    faults.push(signing.unreadable().message)
  }
  if (names.includes('links.key') && !(await holdsLinkKey(path.join(folder, 'links.key')))) {
    faults.push(
      `${path.join(folder, 'links.key')} holds no key that can be read: put it back from a backup; or move it away to start with a new one, which makes the links in mails that are out there invalid.`,
    )
  }
  return faults
}

async function holdsKeys(file: KeyFileOnDisk): Promise<boolean> {
  try {
    // The right names may still hold numbers that are no key.
    for (const key of (await file.read()) ?? []) await importJWK(key, 'ES256')
    return true
  } catch {
    return false
  }
}

async function holdsLinkKey(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return /^[\w-]{43}\n?$/.test(text)
}
