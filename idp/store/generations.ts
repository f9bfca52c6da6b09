import { join } from 'node:path'
import { StoreError } from './errors.ts'

/**
 * Files come in generations. `snapshot-7.jsonl` with `journal-7.jsonl` is all there is; a snapshot
 * that is being made turns to `journal-8.jsonl` first. After it, generation 7 stays as the last good
 * one: take `snapshot-8.jsonl` away and the journals 7 and 8 bring back the same.
 */
export const snapshotPath = (folder: string, generation: number): string =>
  join(folder, `snapshot-${generation}.jsonl`)

export const journalPath = (folder: string, generation: number): string =>
  join(folder, `journal-${generation}.jsonl`)

/** A snapshot on its way; whatever bears this name at a start was never finished. */
export const UNFINISHED = /^snapshot-\d+\.jsonl\.tmp$/

const FILE = /^(snapshot|journal)-([1-9]\d{0,14})\.jsonl$/

export interface GenerationFile {
  readonly name: string
  readonly kind: 'snapshot' | 'journal'
  readonly generation: number
}

/** The store's files among `names`, the oldest first; a snapshot before its journal. */
export function generationFiles(names: readonly string[]): readonly GenerationFile[] {
  return names
    .flatMap((name): GenerationFile[] => {
      const [, kind, generation] = FILE.exec(name) ?? []
      if (kind !== 'snapshot' && kind !== 'journal') return []
      return [{ name, kind, generation: Number(generation) }]
    })
    .sort((a, b) => a.generation - b.generation || (a.kind === 'snapshot' ? -1 : 1))
}

/** What to load at a start: a snapshot, and the journals to replay after it. */
export interface LoadPlan {
  /** `undefined`: the folder is new. */
  readonly snapshot: number | undefined
  /** Without gaps, the oldest first. */
  readonly journals: readonly number[]
}

/** @throws StoreError `store_corrupt` when a journal is missing that was surely there. */
export function planLoad(folder: string, files: readonly GenerationFile[]): LoadPlan {
  const snapshot = files.findLast((file) => file.kind === 'snapshot')?.generation
  const journals = files
    .filter((file) => file.kind === 'journal' && file.generation >= (snapshot ?? 0))
    .map((file) => file.generation)
  // A journal is made before the snapshot of its number, so none may be missing from there on.
  const first = snapshot ?? 1
  const last = journals.at(-1) ?? first
  const missing = Array.from({ length: last - first + 1 }, (_, i) => first + i).find(
    (generation) => !journals.includes(generation),
  )
  if (missing !== undefined && (snapshot !== undefined || journals.length > 0)) {
    throw new StoreError(
      'store_corrupt',
      `${journalPath(folder, missing)} is missing: restore the data folder from a backup. Nothing was changed.`,
    )
  }
  return { snapshot, journals }
}
