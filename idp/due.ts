import type { DueMoment, DueWork } from '../clock/due.ts'
import type { Moment } from '../clock/moment.ts'
import { BY_TIME } from './audit/by.ts'
import { sendMail } from './mail/sending.ts'
import { settlePlan } from './plans/change.ts'
import type { PlanChange } from './plans/decide.ts'
import { endSession } from './sessions/endings.ts'
import { passedDeadline } from './sessions/rotation.ts'
import { type Site, telling } from './site.ts'
import type { Account, OutboxEvent, Session } from './store/records.ts'
import type { DueRecord, Expectation } from './store/store.ts'

/** How many due records are looked up at a time: a hundred thousand at once would hold up every request. */
const AT_ONCE = 1_000

/**
 * What the site does by itself as time passes: rotates its signing keys, ends sessions at their
 * deadline, changes plans, and forgets what is of no more use. In the order in which it became due.
 * Deliveries have a pace of their own (`work.ts`).
 */
export function siteDueWork(site: Site): DueWork {
  return {
    async next() {
      const records = await site.store.nextDue()
      const moments = [site.keys.next()]
      if (records !== undefined) moments.push({ at: records, name: 'a deadline or a sweep' })
      return moments.filter((due) => due !== undefined).sort((a, b) => a.at - b.at)[0]
    },
    async run(now) {
      const done: DueMoment[] = [...(await site.keys.run(now))]
      for (;;) {
        const some = await site.store.dueRecords(now, AT_ONCE)
        const before = done.length
        for (const due of some) {
          const name = await settle(site, due, now)
          if (name) done.push({ at: due.at, name })
        }
        // If none of them could be settled, somebody else is at them: the next run looks again.
        if (some.length < AT_ONCE || done.length === before) break
      }
      return done
    },
  }
}

/** Does what is due for one record; `undefined` when somebody changed it at the same moment. */
async function settle(site: Site, due: DueRecord, now: Moment): Promise<string | undefined> {
  switch (due.table) {
    case 'account':
      return settleAccount(site, due.record)
    case 'signIn': {
      const { id } = due.record
      return forget(site, { table: 'signIn', id, was: due.record }, `sign-in ${id} forgotten`)
    }
    case 'code':
      return forget(
        site,
        { table: 'code', id: due.record.id, was: due.record },
        'an authorization code forgotten',
      )
    case 'device':
      return forget(
        site,
        { table: 'device', id: due.record.id, was: due.record },
        `device ${due.record.name} forgotten: nobody signed in on it`,
      )
    case 'session':
      return settleSession(site, due.record, now)
    case 'event':
      return forgetEvent(site, due.record)
    case 'mail':
      return due.record.nextAt === null
        ? forget(site, { table: 'mail', id: due.record.id, was: due.record }, 'a mail forgotten')
        : sendMail(site, due.record)
    case 'invitation':
      return forget(
        site,
        { table: 'invitation', id: due.record.id, was: due.record },
        'an invitation forgotten',
      )
    case 'audit':
      return forget(
        site,
        { table: 'audit', id: due.record.id, was: due.record },
        'an entry of the audit log forgotten',
      )
  }
}

/** One step: what comes after it is due by itself, at once if it is late. */
async function settleAccount(site: Site, { id }: Account): Promise<string | undefined> {
  const settled = await settlePlan(site, id)
  return settled && DUE_PLANS[settled.what]?.(settled.account.name)
}

const DUE_PLANS: { readonly [W in PlanChange]?: (account: string) => string } = {
  reminded: (account) => `trial of ${account} ends soon: its owners are reminded`,
  trial_ended: (account) => `trial of ${account} ends`,
  period_ended: (account) => `paid period of ${account} ends`,
  canceled: (account) => `plan of ${account} is canceled`,
}

/** With its deliveries, whatever became of them: their schedule has long come to its end. */
async function forgetEvent(site: Site, event: OutboxEvent): Promise<string | undefined> {
  const deliveries = await site.store.deliveriesOfEvent(event.id)
  const removals = [
    { table: 'event' as const, remove: event.id },
    ...deliveries.map(({ id }) => ({ table: 'delivery' as const, remove: id })),
  ]
  const expected: readonly Expectation[] = [{ table: 'event', id: event.id, was: event }]
  return (await site.store.commit(removals, expected)) ? `event ${event.id} forgotten` : undefined
}

async function settleSession(
  site: Site,
  session: Session,
  now: Moment,
): Promise<string | undefined> {
  const unchanged: Expectation = { table: 'session', id: session.id, was: session }
  if (session.ended) return forget(site, unchanged, `ended session ${session.id} forgotten`)
  const deadline = passedDeadline(session, now)
  if (!deadline) return undefined
  const writes = endSession(session, { ...deadline, actor: 'system' }, telling(site, BY_TIME, now))
  if (!(await site.store.commit(writes, [unchanged]))) return undefined
  site.log.info({ session: session.id, reason: deadline.reason }, 'session ended')
  return `session ${session.id} ended: ${deadline.reason}`
}

async function forget(site: Site, known: Expectation, name: string): Promise<string | undefined> {
  const removal = { table: known.table, remove: known.id }
  return (await site.store.commit([removal], [known])) ? name : undefined
}
