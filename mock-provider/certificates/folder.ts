import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Moment } from '../../clock/moment.ts'
import { StartError } from '../start-error.ts'
import { type Authority, authorityFromPem, authorityToPem, createAuthority } from './authority.ts'

/** An authority, and where the certificate is that clients are told to trust. */
export interface KeptAuthority {
  readonly authority: Authority
  /** Absolute, for it is handed to other programs. */
  readonly file: string
}

/** Where the certificate is, or will be. */
export const certificateFile = (folder: string): string => resolve(folder, 'ca.pem')

/**
 * Reads the authority in the provider's folder, or makes it there at the first start. Its key stays
 * in that folder, in a file that its owner alone reads.
 *
 * @throws StartError naming the file that is broken or can't be written, and what to do.
 */
export function openAuthority(folder: string, now: Moment): KeptAuthority {
  const secret = resolve(folder, 'authority.pem')
  const file = certificateFile(folder)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const pem = readIfThere(secret) ?? place(folder, secret, authorityToPem(createAuthority(now)))
    const read = authorityFromPem(pem, now)
    if (read.kind === 'unusable') {
      throw new StartError(
        `The file ${secret} can't be used: ${read.why}. Remove it and start again: a new authority is made, which clients have to trust anew.`,
      )
    }
    const certificate = read.authority.certificate.toString()
    if (readIfThere(file) !== certificate) writeFileSync(file, certificate)
    return { authority: read.authority, file }
  } catch (error) {
    if (error instanceof StartError || !(error instanceof Error)) throw error
    throw new StartError(
      `The folder ${resolve(folder)} must be readable and writable, for the certificate authority is kept there (${error.message}): correct that, or set PROVIDER_DATA to another one.`,
    )
  }
}

/**
 * Puts a whole file where there was none, even when others do the same at this moment.
 *
 * @returns what stands there now: whoever comes second takes the first one's.
 */
function place(folder: string, file: string, content: string): string {
  const draft = join(folder, `.${randomBytes(8).toString('hex')}.new`)
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file)
    return content
  } catch (error) {
    const first = readIfThere(file)
    if (first === undefined) throw error
    return first
  } finally {
    rmSync(draft)
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
