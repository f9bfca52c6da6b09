import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writePrivateFile } from '../private-file.ts'
import { StartError } from '../start-error.ts'
import { SignedLinks } from './signed-link.ts'

const KEY_BYTES = 32

/**
 * Reads the key that links in mails are signed with, and makes it at the first start. It has a file of
 * its own: to take it away voids the links in every mail that is out there, and nothing else.
 *
 * @throws StartError when the file is not what we wrote.
 */
export async function openLinkKey(folder: string): Promise<SignedLinks> {
  const file = path.join(folder, 'links.key')
  const found = await readKey(file)
  if (found) return new SignedLinks(found)
  const key = randomBytes(KEY_BYTES)
  await writePrivateFile(file, `${key.toString('base64url')}\n`)
  return new SignedLinks(key)
}

async function readKey(file: string): Promise<Buffer | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw unreadable(file)
  }
  const [, written] = /^([\w-]{43})\n?$/.exec(text) ?? []
  if (written === undefined) throw unreadable(file)
  return Buffer.from(written, 'base64url')
}

const unreadable = (file: string) =>
  new StartError(
    `The key of the links in mails, in ${file}, can't be read. Put the file back from a backup; or move it away to start with a new one, which makes the links in mails that are out there invalid.`,
  )
