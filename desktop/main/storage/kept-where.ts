import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { VAULTS, type VaultName } from './vault.ts'
import { writeWhole } from './whole-file.ts'

/**
 * Where entries lie: no secret, but what finds one again after the setting has changed. An entry
 * that counts is somebody's sign-in; one that is left over was copied elsewhere, and goes unread.
 */
export interface KeptWhere {
  readonly counts: readonly VaultName[]
  readonly leftOver: readonly VaultName[]
}

/** The note of it, among the app's other files. */
export interface WhereNote {
  /** @returns `undefined` when there is none that makes sense */
  read(): KeptWhere | undefined
  write(where: KeptWhere): Promise<void>
}

const Names = v.array(v.picklist(VAULTS))
const Noted = v.object({ version: v.literal(1), counts: Names, leftOver: Names })

export const whereNote = (file: string): WhereNote => ({
  read() {
    try {
      const { counts, leftOver } = v.parse(Noted, JSON.parse(readFileSync(file, 'utf8')))
      return { counts, leftOver }
    } catch {
      return undefined
    }
  },

  write: (where) => writeWhole(file, JSON.stringify({ version: 1, ...where })),
})
