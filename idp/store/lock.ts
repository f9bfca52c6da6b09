import { randomUUID } from 'node:crypto'
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { inShort, StoreError, systemCode } from './errors.ts'

/** Ownership of a data folder; ends with `release`, or with the process. */
export interface Lock {
  release(): Promise<void>
}

/**
 * Who owns a folder. A pid alone is not enough, for pids are used again: `started` is the process's
 * start in ticks since boot and `boot` names that boot (Linux; elsewhere both are `null`, and a pid
 * that lives again counts as the owner, which errs on the safe side).
 */
interface Owner {
  readonly pid: number
  readonly host: string
  readonly boot: string | null
  readonly started: string | null
  readonly released: boolean
}

const LOCK_FILE = /^lock-(\d{1,15})$/

/**
 * Lock files are numbered. The highest number says who owns the folder, and whoever finds that owner
 * gone takes the folder by creating the next number. Creating is atomic and fails for all but one
 * (`link`, which also brings the content in the same instant), the highest number never goes away,
 * and a number is never used again for somebody else: so two that start at the same time can't both
 * win, and nobody can remove a lock that was taken a moment ago in the place of a stale one, which is
 * the weakness of one lock file that is deleted and made anew. It needs no native module and no
 * heartbeat, and a process killed with -9 leaves nothing to clean up by hand.
 *
 * @throws StoreError `data_folder_in_use`, `data_folder_unusable`
 */
export async function acquireLock(folder: string): Promise<Lock> {
  const me = await ownerNow(process.pid)
  const claim = join(folder, `lock.${process.pid}.${randomUUID()}.tmp`)
  try {
    await writeFile(claim, JSON.stringify(me), { mode: 0o600, flag: 'wx' })
    for (;;) {
      const number = await takeNext(folder, claim)
      if (number !== undefined) return { release: () => release(folder, number, me) }
    }
  } catch (cause) {
    if (cause instanceof StoreError) throw cause
    throw new StoreError(
      'data_folder_unusable',
      `The data folder ${folder} can't be locked (${inShort(cause)}): give a folder on a local disk that this user may write.`,
      cause,
    )
  } finally {
    await rm(claim, { force: true })
  }
}

/**
 * For those who only look: whoever starts to write meanwhile has taken the next number.
 *
 * @returns the highest number
 * @throws StoreError `data_folder_in_use`
 */
export async function requireUnlocked(folder: string): Promise<number> {
  const highest = Math.max(0, ...(await numbersIn(folder)))
  if (highest === 0) return highest
  const path = lockPath(folder, highest)
  const owner = await readOwner(path)
  if (owner === 'gone') return requireUnlocked(folder)
  if (await mayLive(owner)) throw inUse(folder, path, owner)
  return highest
}

/** One try: the number that is now ours, or `undefined` when somebody came between: look again. */
async function takeNext(folder: string, claim: string): Promise<number | undefined> {
  const highest = Math.max(0, ...(await numbersIn(folder)))
  if (highest > 0) {
    const path = lockPath(folder, highest)
    const owner = await readOwner(path)
    if (owner === 'gone') return undefined
    if (await mayLive(owner)) throw inUse(folder, path, owner)
  }
  const mine = highest + 1
  try {
    await link(claim, lockPath(folder, mine))
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return undefined
    throw error
  }
  // The list may have been old: then numbers above ours exist, and ours is one long gone.
  const all = await numbersIn(folder)
  if (Math.max(...all) !== mine) {
    await rm(lockPath(folder, mine), { force: true })
    return undefined
  }
  // The one just below stays, so that a list read while names come and go never misses all of them.
  for (const old of all) {
    if (old < mine - 1) await rm(lockPath(folder, old), { force: true })
  }
  return mine
}

const lockPath = (folder: string, number: number) => join(folder, `lock-${number}`)

async function numbersIn(folder: string): Promise<number[]> {
  return (await readdir(folder)).flatMap((name) => {
    const number = LOCK_FILE.exec(name)?.[1]
    return number === undefined ? [] : [Number(number)]
  })
}

/** Says in the file itself that it is free: a process may open the folder again without ending. */
async function release(folder: string, number: number, me: Owner): Promise<void> {
  const path = lockPath(folder, number)
  const temporary = `${path}.${randomUUID()}.tmp`
  await writeFile(temporary, JSON.stringify({ ...me, released: true }), { mode: 0o600, flag: 'wx' })
  await rename(temporary, path)
}

async function readOwner(path: string): Promise<Owner | 'gone' | 'unknown'> {
  try {
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isOwner(owner) ? owner : 'unknown'
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'gone' : 'unknown'
  }
}

const isOwner = (value: unknown): value is Owner =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'host' in value &&
  'boot' in value &&
  'started' in value &&
  'released' in value

async function ownerNow(pid: number): Promise<Owner> {
  const [boot, started] = await Promise.all([bootId(), startOf(pid)])
  return { pid, host: hostname(), boot, started, released: false }
}

/** Whether the owner may still be there; unsure means yes. */
async function mayLive(owner: Owner | 'unknown'): Promise<boolean> {
  if (owner === 'unknown') return true
  if (owner.released) return false
  // Another machine's (or container's) processes can't be seen from here.
  if (owner.host !== hostname()) return true
  if (owner.boot !== null && owner.boot !== (await bootId())) return false
  if (owner.started !== null) return owner.started === (await startOf(owner.pid))
  try {
    process.kill(owner.pid, 0)
    return true
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}

async function bootId(): Promise<string | null> {
  return (await readOrNull('/proc/sys/kernel/random/boot_id'))?.trim() ?? null
}

/** Field 22 of proc_pid_stat(5); `null` when there is no such process, or it is a zombie, or no /proc. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await readOrNull(`/proc/${pid}/stat`)
  // The second field is the program's name in brackets, and may itself hold spaces and brackets.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return null
  return fields[19] ?? null
}

async function readOrNull(path: string): Promise<string | null> {
  if (process.platform !== 'linux') return null
  return readFile(path, 'utf8').catch(() => null)
}

function inUse(folder: string, path: string, owner: Owner | 'unknown'): StoreError {
  const who =
    owner === 'unknown'
      ? 'something that its lock file does not name'
      : owner.pid === process.pid && owner.host === hostname()
        ? `this process (pid ${owner.pid})`
        : `process ${owner.pid} on ${owner.host}`
  return new StoreError(
    'data_folder_in_use',
    `The data folder ${folder} is in use by ${who}: stop that one first or give another folder. If it is surely gone, remove ${path} and start again.`,
  )
}
