import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../clock/moment.ts'
import { mail } from '../../../idp/mail/mail.ts'
import { inLine, type Message, toRfc5322 } from '../../../idp/mail/message.ts'
import { afterAttempt, sendMail } from '../../../idp/mail/sending.ts'
import type { Mail, MailContent, MailRecipient } from '../../../idp/store/records.ts'
import { ADA, type RunningSite, startSite } from '../../support/site.ts'
import { T0 } from '../store/records.ts'

const INVITATION: MailContent = {
  kind: 'invitation',
  invitationId: 'inv_1',
  account: 'Acme',
  inviter: 'Olivia Ortiz',
  role: 'member',
  expiresAt: T0 + 7 * DAY,
}
const TO_GRACE: MailRecipient = { kind: 'address', address: 'grace@example.test' }

describe('a message as it goes over the wire', () => {
  const message: Message = {
    id: 'mail_1',
    from: 'no-reply@example.test',
    to: 'grace@example.test',
    at: T0,
    subject: 'Hello',
    text: 'One\n\nÜwo',
  }

  test('has its headers, one blank line, and CRLF everywhere', () => {
    const text = toRfc5322(message)
    expect(text.replace(/\r\n/g, '')).not.toMatch(/[\r\n]/)
    const [head, ...rest] = text.split('\r\n\r\n')
    expect(head).toContain('Message-ID: <mail_1@example.test>')
    expect(head).toContain('Date: Sun, 15 Jun 2025 15:06:40 +0000')
    expect(rest.join('\r\n\r\n')).toBe('One\r\n\r\nÜwo\r\n')
  })

  test.each(['Zoë lädt ein', '🔑'.repeat(40), 'x'.repeat(200), '=?utf-8?B?eA==?='])(
    'a subject that is no short ASCII is cut into encoded words: %s',
    (subject) => {
      const [, header = ''] =
        /Subject: ([^\r]*(?:\r\n [^\r]*)*)/.exec(toRfc5322({ ...message, subject })) ?? []
      const words = header.split('\r\n ')
      for (const word of words) expect(word).toMatch(/^=\?utf-8\?B\?[\w+/=]{1,63}\?=$/)
      const read = words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString())
      expect(read.join('')).toBe(subject)
    },
  )

  test.each([
    ['A\r\nBcc: x@y.z', 'A Bcc: x@y.z'],
    ['\u202eevil\u0000 ', 'evil'],
    ['x'.repeat(81), `${'x'.repeat(79)}…`],
  ])('a name is never more than a part of a line: %j', (name, safe) => {
    expect(inLine(name)).toBe(safe)
  })
})

test('seven attempts, ever further apart, then it is given up', () => {
  let one: Mail = {
    id: 'm',
    at: T0,
    to: TO_GRACE,
    says: INVITATION,
    attempts: 0,
    nextAt: T0,
    state: 'waiting',
  }
  const waits: (number | null)[] = []
  while (one.state === 'waiting') {
    one = afterAttempt(one, false, T0)
    waits.push(one.nextAt === null ? null : one.nextAt - T0)
  }
  expect(waits).toEqual([MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 8 * HOUR, 24 * HOUR, null])
  expect([one.state, one.attempts]).toEqual(['undeliverable', 7])
})

describe('at the site', () => {
  let site: RunningSite
  beforeEach(async () => {
    site = await startSite({ ADMIN_KEY: 'a'.repeat(32) })
  })
  afterEach(() => site.close())

  const outbox = () => path.join(site.site.settings.data, 'outbox')
  const files = () => readdir(outbox()).catch(() => [])
  const written = async (to: MailRecipient) => {
    const write = mail(to, INVITATION, site.clock.now())
    await site.store.commit([write])
    await site.due.run()
    const [newest] = await site.store.mails(1)
    if (!newest) throw new Error('There is no mail.')
    return newest
  }

  test('a mail becomes one file, with a link that the store does not hold', async () => {
    const { id, state } = await written(TO_GRACE)
    expect(state).toBe('sent')
    expect(await files()).toEqual([`${id}.eml`])
    const file = path.join(outbox(), `${id}.eml`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const text = await readFile(file, 'utf8')
    const [, signed = ''] = /\/invitation\/(\S+)/.exec(text) ?? []
    expect(site.site.links.open('invitation', signed, T0).kind).toBe('good')
    const stored = await Promise.all(
      (await readdir(site.site.settings.data))
        .filter((name) => name !== 'outbox')
        .map((name) => readFile(path.join(site.site.settings.data, name), 'utf8').catch(() => '')),
    )
    expect(stored.join('')).toContain('grace@example.test')
    expect(stored.join('')).not.toContain(signed)
    expect(site.log()).not.toContain(signed)
  })

  test('sent twice, as after a crash between sending and noting it, it is still one file', async () => {
    const sent = await written(TO_GRACE)
    const before = await readFile(path.join(outbox(), `${sent.id}.eml`), 'utf8')
    const waiting: Mail = { ...sent, state: 'waiting', nextAt: site.clock.now(), attempts: 0 }
    await site.store.commit([{ table: 'mail', put: waiting }])
    site.clock.advance(HOUR)
    await sendMail(site.site, waiting)
    expect(await files()).toEqual([`${sent.id}.eml`])
    expect(await readFile(path.join(outbox(), `${sent.id}.eml`), 'utf8')).toBe(before)
  })

  test('a mailer that is down is tried again, on our clock', async () => {
    let down = true
    const { mailer } = site.site
    const flaky = {
      ...site.site,
      mailer: {
        send: async (message: Message) => {
          if (down) throw new Error('down, says grace@example.test')
          await mailer.send(message)
        },
      },
    }
    await site.store.commit([mail(TO_GRACE, INVITATION, site.clock.now() + HOUR)])
    const [waiting] = await site.store.mails(1)
    if (!waiting) throw new Error('There is no mail.')
    expect(await sendMail(flaky, waiting)).toContain('waiting')
    const [later] = await site.store.mails(1)
    expect(later?.attempts).toBe(1)
    const wait = (later?.nextAt ?? 0) - site.clock.now()
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(MINUTE)
    expect(site.log()).not.toContain('grace@example.test')
    down = false
    if (later) await sendMail(flaky, later)
    expect(await files()).toHaveLength(1)
  })

  test('a person is written to at the address of that moment; a deleted one not at all', async () => {
    const person: MailRecipient = { kind: 'person', userId: ADA.user.id }
    const { id } = await written(person)
    expect(await readFile(path.join(outbox(), `${id}.eml`), 'utf8')).toContain(
      'To: <ada@example.test>',
    )
    await site.store.commit([
      { table: 'user', put: { ...ADA.user, deleted: { at: T0, actor: 'user' } } },
    ])
    expect((await written(person)).state).toBe('undeliverable')
    expect(await files()).toHaveLength(1)
  })

  test('is forgotten after 30 days', async () => {
    await written(TO_GRACE)
    site.clock.advance(30 * DAY)
    await site.due.run()
    expect(await site.store.mails(9)).toEqual([])
  })

  test('administrators see what was said to whom, and nobody else does', async () => {
    const { id } = await written(TO_GRACE)
    const get = (key: string) =>
      fetch(`${site.url}/admin/mail`, { headers: { authorization: `Bearer ${key}` } })
    expect((await get('b'.repeat(32))).status).toBe(401)
    const { mails } = await (await get('a'.repeat(32))).json()
    expect(mails).toMatchObject([
      { id, kind: 'invitation', to: 'grace@example.test', user_id: null, state: 'sent' },
    ])
  })
})
