import { randomBytes } from 'node:crypto'
import type { KeychainOrder, KeychainReport } from './protocol.ts'

/** The part of keytar that is used: its searching functions crash on a locked keychain. */
export interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

/** How the entries are found in the person's keychain program. */
const SERVICE = 'dev.latchkey.app'

const OVERWRITTEN = '-'

/** Does one order. Never throws: what keytar throws is the report. */
export async function obey(
  load: () => Promise<Keytar>,
  { number, account, order }: KeychainOrder,
): Promise<KeychainReport> {
  let keytar: Keytar
  try {
    keytar = await load()
  } catch (error) {
    return { number, report: { is: 'library', text: textOf(error) } }
  }
  try {
    const value = await run(keytar, account, order)
    return { number, report: { is: 'done', ...(value === undefined ? {} : { value }) } }
  } catch (error) {
    return { number, report: { is: 'failure', text: textOf(error) } }
  }
}

async function run(
  keytar: Keytar,
  account: string,
  order: KeychainOrder['order'],
): Promise<string | undefined> {
  switch (order.do) {
    case 'probe':
      return probe(keytar, `${account} probe`)
    case 'read': {
      const value = await keytar.getPassword(SERVICE, account)
      // What a removal overwrote and then could not remove is no entry.
      return value === null || value === OVERWRITTEN ? undefined : value
    }
    case 'write':
      // keytar ends a text at a NUL, and throws for an empty one before it returns a promise.
      if (order.value === '' || order.value.includes('\0')) throw new Error('This can’t be kept.')
      await keytar.setPassword(SERVICE, account, order.value)
      return undefined
    case 'clear':
      await clear(keytar, account)
      return undefined
  }
}

async function probe(keytar: Keytar, account: string): Promise<undefined> {
  const value = randomBytes(16).toString('hex')
  await keytar.setPassword(SERVICE, account, value)
  if ((await keytar.getPassword(SERVICE, account)) !== value) {
    throw new Error('What was written was not what was read.')
  }
  await clear(keytar, account)
}

async function clear(keytar: Keytar, account: string): Promise<void> {
  await keytar.setPassword(SERVICE, account, OVERWRITTEN)
  await keytar.deletePassword(SERVICE, account)
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')
