import { setImmediate as othersTurn } from 'node:timers/promises'
import { Low } from 'lowdb'
import type { Moment } from '../../clock/moment.ts'
import { JournalAdapter } from './adapter.ts'
import { auditPage, refuseRewriting } from './audit-log.ts'
import { applyWrite, type Changed, type Data, emptyData, holds, idOf } from './data.ts'
import { deliveryPage } from './delivery-queues.ts'
import { type Disk, nodeDisk } from './disk.ts'
import { inShort, StoreError } from './errors.ts'
import { identityHash, identityKey } from './identity.ts'
import { Indexes } from './indexes.ts'
import type { Lock } from './lock.ts'
import { lastNumber, numberRecords } from './numbers.ts'
import {
  type DeliveryState,
  membershipId,
  TABLE_NAMES,
  type TableName,
  type Tables,
} from './records.ts'
import type { AuditFilter, DeliveryFilter, Expectation, Store, Write } from './store.ts'

export interface FileStoreOptions {
  /** Hears what a person who runs the site should know, in a sentence. */
  readonly log: (sentence: string) => void
  /** Hears once that the disk refused a write: the site must exit, for this store answers no more. */
  readonly onFailure: (error: StoreError) => void
  /** Hears each commit once it is on disk: for those who look over the site's shoulder in development. */
  readonly committed?: ((writes: readonly Write[]) => void) | undefined
  /** Bytes of journal below which no new snapshot is worth its while; 16 MiB. */
  readonly compactAfter?: number
  readonly disk?: Disk
}

const COMPACT_AFTER = 16 << 20

/** What ended the store for good, if anything did. */
interface Stop {
  error: StoreError | undefined
}

/**
 * Opens the store in `folder`, which is made if need be.
 *
 * @throws StoreError with a sentence for whoever starts the site; then no file was changed.
 */
export async function openFileStore(folder: string, options: FileStoreOptions): Promise<FileStore> {
  const disk = options.disk ?? nodeDisk
  let lock: Lock | undefined
  try {
    await disk.makeFolder(folder)
    lock = await disk.lock(folder)
    return await FileStore.load(folder, lock, { ...options, disk })
  } catch (error) {
    await lock?.release().catch(() => {})
    if (error instanceof StoreError) throw error
    throw new StoreError(
      'data_folder_unusable',
      `The data folder ${folder} can't be used (${inShort(error)}): give a folder that this user may read and write, on a disk with room.`,
      error,
    )
  }
}

/**
 * All records in memory, every commit on disk before it is acknowledged (DESIGN §8).
 *
 * A commit is made in memory at once, so that the next decision stands on it; its promise, and every
 * read of what it changed, waits until it is on disk. So nobody outside ever learns of a change that a
 * crash could take back.
 */
export class FileStore implements Store {
  readonly #low: Low<Data>
  readonly #adapter: JournalAdapter
  readonly #lock: Lock
  readonly #indexes: Indexes
  readonly #compactAfter: number
  readonly #committed: FileStoreOptions['committed']
  /** Changes that are on their way to the disk, by table and record. */
  readonly #onTheWay = new Map<TableName, Map<string, Promise<void>>>(
    TABLE_NAMES.map((name) => [name, new Map()]),
  )
  readonly #stop: Stop
  #closed: Promise<void> | undefined

  private constructor(
    low: Low<Data>,
    adapter: JournalAdapter,
    indexes: Indexes,
    lock: Lock,
    compactAfter: number,
    stop: Stop,
    committed: FileStoreOptions['committed'],
  ) {
    this.#low = low
    this.#adapter = adapter
    this.#indexes = indexes
    this.#lock = lock
    this.#compactAfter = compactAfter
    this.#stop = stop
    this.#committed = committed
  }

  /** Use {@link openFileStore}. */
  static async load(
    folder: string,
    lock: Lock,
    { disk, log, onFailure, compactAfter, committed }: FileStoreOptions & { readonly disk: Disk },
  ): Promise<FileStore> {
    const stop: Stop = { error: undefined }
    const failed = (cause: unknown): StoreError => {
      if (stop.error) return stop.error
      stop.error = new StoreError(
        'store_stopped',
        `Writing to ${folder} failed (${inShort(cause)}), so the store stopped: see to the disk and start the site again. Everything that was acknowledged is safe.`,
        cause,
      )
      const { error } = stop
      // By itself: whatever it throws must not keep those who wait from being told.
      queueMicrotask(() => onFailure(error))
      return error
    }
    const data = emptyData()
    // Each record is looked at once, as it comes: later it would have to be read again.
    const indexes = new Indexes(data)
    const changed: Changed = (table, was, now) => indexes.changed(table, was, now)
    const destination = { data, changed }
    const adapter = new JournalAdapter(folder, { disk, log, destination, failed })
    const low = new Low<Data>(adapter, data)
    try {
      await low.read()
      return new FileStore(
        low,
        adapter,
        indexes,
        lock,
        compactAfter ?? COMPACT_AFTER,
        stop,
        committed,
      )
    } catch (error) {
      await adapter.close()
      throw error
    }
  }

  user(id: string) {
    return this.#get('user', id)
  }

  userByIdentity(issuer: string, subject: string) {
    return this.#find(
      () =>
        this.#indexes.userByIdentity.one(identityKey(issuer, subject)) ??
        this.#indexes.userByIdentity.one(identityHash(issuer, subject)),
    )
  }

  account(id: string) {
    return this.#get('account', id)
  }

  membership(userId: string, accountId: string) {
    return this.#get('membership', membershipId(userId, accountId))
  }

  membershipsOfUser(userId: string) {
    return this.#find(() => this.#indexes.membershipsOfUser.all(userId))
  }

  membershipsOfAccount(accountId: string) {
    return this.#find(() => this.#indexes.membershipsOfAccount.all(accountId))
  }

  invitation(id: string) {
    return this.#get('invitation', id)
  }

  invitationsOfAccount(accountId: string) {
    return this.#find(() => this.#indexes.invitationsOfAccount.all(accountId))
  }

  closedAccounts(limit: number) {
    return this.#find(() =>
      [...this.#indexes.accountsByState.all('closed')]
        .sort((a, b) => (b.closed?.at ?? 0) - (a.closed?.at ?? 0))
        .slice(0, limit),
    )
  }

  device(id: string) {
    return this.#get('device', id)
  }

  deviceByKey(jkt: string) {
    return this.#find(() => this.#indexes.deviceByKey.one(jkt))
  }

  signIn(id: string) {
    return this.#get('signIn', id)
  }

  signInByState(stateHash: string) {
    return this.#find(() => this.#indexes.signInByState.one(stateHash))
  }

  code(id: string) {
    return this.#get('code', id)
  }

  session(id: string) {
    return this.#get('session', id)
  }

  sessionByCookie(cookieHash: string) {
    return this.#find(() => this.#indexes.sessionByCookie.one(cookieHash))
  }

  liveSessionsOfUser(userId: string) {
    return this.#find(() => this.#indexes.liveSessionsOfUser.all(userId))
  }

  liveSessionsOfDevice(deviceId: string) {
    return this.#find(() => this.#indexes.liveSessionsOfDevice.all(deviceId))
  }

  event(id: string) {
    return this.#get('event', id)
  }

  eventsAfter(sequence: number, limit: number) {
    return this.#find(() => this.#indexes.eventsInOrder.after(sequence, limit))
  }

  latestSequence() {
    return this.#find(() => lastNumber(this.#low.data, 'event'))
  }

  endpoint(id: string) {
    return this.#get('endpoint', id)
  }

  delivery(id: string) {
    return this.#get('delivery', id)
  }

  deliveriesOfEvent(eventId: string) {
    return this.#find(() => this.#indexes.deliveriesOfEvent.all(eventId))
  }

  waitingDeliveries() {
    return this.#find(() => this.#indexes.deliveryQueues.all())
  }

  nextDeliveries() {
    return this.#find(() => this.#indexes.deliveryQueues.next())
  }

  dueDeliveries(endpoint: string, now: Moment, limit: number) {
    return this.#find(() => this.#indexes.deliveryQueues.due(endpoint, now, limit))
  }

  deliveries(filter: DeliveryFilter) {
    return this.#find(() => deliveryPage(this.#low.data, filter))
  }

  countDeliveries(endpoint: string) {
    return this.#find(() => {
      const counts: Record<DeliveryState, number> = { waiting: 0, delivered: 0, dead: 0 }
      for (const delivery of this.#low.data.delivery.values()) {
        if (delivery.endpoint === endpoint) counts[delivery.state] += 1
      }
      return counts
    })
  }

  mail(id: string) {
    return this.#get('mail', id)
  }

  mails(limit: number) {
    return this.#find(() => [...this.#low.data.mail.values()].slice(-limit).reverse())
  }

  audit(filter: AuditFilter) {
    return this.#find(() => auditPage(this.#low.data, this.#indexes, filter))
  }

  async nextDue(): Promise<Moment | undefined> {
    await this.#settle(Number.POSITIVE_INFINITY, 1)
    return this.#stop.error || this.#closed ? undefined : this.#indexes.nextDue()
  }

  async dueRecords(now: Moment, limit: number) {
    await this.#settle(now, limit)
    return this.#find(() => this.#indexes.due(now, limit))
  }

  /** Whether nothing was ever stored, or all of it is gone: a place for seeds. */
  isEmpty(): boolean {
    // A count that goes on tells of what was there, and is nothing itself.
    return TABLE_NAMES.every((name) => name === 'counter' || this.#low.data[name].size === 0)
  }

  /** Everything there is, as writes that would make it: for those who begin to look on. */
  everything(): readonly Write[] {
    return TABLE_NAMES.flatMap((table) =>
      [...this.#low.data[table].values()].map((put) => ({ table, put }) as Write),
    )
  }

  // Nothing is awaited before the writes are made and queued: no other commit can come between.
  async commit(asked: readonly Write[], expected: readonly Expectation[] = []): Promise<boolean> {
    this.#refuseWhenStopped()
    const data = this.#low.data
    if (!expected.every((expectation) => holds(data, expectation))) return false
    refuseRewriting(data, asked)
    const writes = numberRecords(data, asked)
    if (writes.length === 0) {
      await this.#adapter.flushed()
      return true
    }
    // What can't be serialised is refused here, before anything has changed.
    const text = JSON.stringify(writes)
    for (const write of writes) this.#apply(write)
    const onDisk = this.#adapter.append(text)
    for (const write of writes) this.#onTheWay.get(write.table)?.set(idOf(write), onDisk)
    try {
      await onDisk
    } finally {
      for (const write of writes) {
        const changes = this.#onTheWay.get(write.table)
        if (changes?.get(idOf(write)) === onDisk) changes.delete(idOf(write))
      }
    }
    this.#committed?.(writes)
    if (!this.#closed && this.#adapter.outgrown(this.#compactAfter)) {
      // A failure stops the store, and has been told there.
      this.compact().catch(() => {})
    }
    return true
  }

  /** Makes a new snapshot now, while commits go on; the store does so by itself when it is time. */
  async compact(): Promise<void> {
    this.#refuseWhenStopped()
    await this.#low.write()
  }

  close(): Promise<void> {
    this.#closed ??= this.#letGo()
    return this.#closed
  }

  async #letGo(): Promise<void> {
    try {
      await this.#adapter.close()
    } finally {
      await this.#lock.release()
    }
  }

  #refuseWhenStopped(): void {
    if (this.#stop.error) throw this.#stop.error
    if (this.#closed) {
      throw new StoreError('store_stopped', 'The store is closed: open it again to go on.')
    }
  }

  async #settle(now: Moment, limit: number): Promise<void> {
    while (!this.#indexes.settle(now, limit)) await othersTurn()
  }

  #apply(write: Write): void {
    applyWrite(this.#low.data, write, (table, was, now) => this.#indexes.changed(table, was, now))
  }

  async #get<T extends TableName>(table: T, id: string): Promise<Tables[T] | undefined> {
    this.#refuseWhenStopped()
    const record = this.#low.data[table].get(id)
    await this.#onTheWay.get(table)?.get(id)
    return record
  }

  /** A record that is *not* found may be missing because of a change on its way, so wait for all. */
  async #find<A>(look: () => A): Promise<A> {
    this.#refuseWhenStopped()
    const found = look()
    await this.#adapter.flushed()
    return found
  }
}
