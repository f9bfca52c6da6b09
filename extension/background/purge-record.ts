import * as v from 'valibot'
import { browser } from '../platform.ts'
import { PurgeReport } from '../view.ts'

const DUE = 'purge-due'
const REPORT = 'purge'

/** Before a sign-in window opens: whatever dies from now on, the purge is done, and no earlier one taken for it. */
export async function notePurgeDue(): Promise<void> {
  await browser.storage.local.set({ [DUE]: true })
  await browser.storage.local.remove(REPORT)
}

export async function isPurgeDue(): Promise<boolean> {
  const { [DUE]: due } = await browser.storage.local.get(DUE)
  return due === true
}

/** It is done, and this came of it. */
export async function recordPurge(report: PurgeReport): Promise<void> {
  await browser.storage.local.set({ [REPORT]: report })
  await browser.storage.local.remove(DUE)
}

export async function lastPurge(): Promise<PurgeReport | undefined> {
  const { [REPORT]: kept } = await browser.storage.local.get(REPORT)
  const read = v.safeParse(PurgeReport, kept)
  return read.success ? read.output : undefined
}

export const forgetPurge = (): Promise<void> => browser.storage.local.remove([REPORT, DUE])
