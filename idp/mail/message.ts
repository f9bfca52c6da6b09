import { type Moment, toHttpDate } from '../../clock/moment.ts'

/** A mail as it goes out. */
export interface Message {
  /** Names it for good: sent a second time, it is the same mail (`Message-ID`). */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly at: Moment
  readonly subject: string
  /** Lines of plain text; none longer than 998 bytes (RFC 5322 §2.1.1). */
  readonly text: string
}

/**
 * Takes mails out of the house. The default is a folder (`outbox.ts`). To send by SMTP, hand the site
 * another one where `main.ts` puts it together: it resolves once the server has taken responsibility
 * (RFC 5321 §4.2.5, a 250 after the data), and throws otherwise, soon; the mail is then tried again.
 * The same message may come twice after a crash, with the same `id`.
 */
export interface Mailer {
  send(message: Message): Promise<void>
}

/** RFC 5322, as UTF-8 text; line ends are CRLF. */
export function toRfc5322({ id, from, to, at, subject, text }: Message): string {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const headers = [
    `From: Latchkey <${from}>`,
    `To: <${to}>`,
    `Subject: ${encodeWords(subject)}`,
    `Date: ${toHttpDate(at).replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${domain}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    // RFC 3834 §5: holiday notes and other machines need not answer.
    'Auto-Submitted: auto-generated',
  ]
  return [...headers, '', ...text.split('\n'), ''].join('\r\n')
}

/** Bytes of text in one encoded word, so that it has at most 75 characters (RFC 2047 §2). */
const WORD_BYTES = 45

/** Short ASCII stays as it is; everything else is cut between characters and encoded (RFC 2047). */
function encodeWords(subject: string): string {
  if (/^[\x20-\x7e]{0,60}$/.test(subject) && !subject.includes('=?')) return subject
  const words: string[] = []
  let word = ''
  for (const character of subject) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word]
    .map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`)
    .join('\r\n ')
}

/** Somebody's name as part of a line: what others write there must not look like lines of ours. */
export const inLine = (name: string): string => {
  const plain = name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
  const characters = [...plain]
  return characters.length > LONGEST_NAME
    ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…`
    : plain
}

const LONGEST_NAME = 80
