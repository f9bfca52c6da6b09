import { createHmac } from 'node:crypto'
import { fromSeconds, type Moment, toSeconds } from '../../clock/moment.ts'
import { sameHash } from '../tokens/secret.ts'

/** What a link in a mail may be for. One that was made for one thing opens no other. */
export const LINK_PURPOSES = ['invitation', 'plan'] as const

export type LinkPurpose = (typeof LINK_PURPOSES)[number]

export interface Link {
  readonly purpose: LinkPurpose
  /** The id of the record that it points at: whatever is to happen once is made so by that record. */
  readonly subject: string
  /** Whole seconds count. */
  readonly expiresAt: Moment
}

/** What somebody brought, who opened a link. Only what we signed is ever called expired. */
export type OpenedLink =
  | { readonly kind: 'good'; readonly link: Link }
  | { readonly kind: 'expired'; readonly link: Link }
  | { readonly kind: 'forged' }

const SUBJECT = /^[\w-]{1,100}$/

/**
 * Links in mails: signed by HMAC-SHA-256 (RFC 2104) under a key of ours, and stored nowhere, so that a
 * copy of the store or of the list of mails opens nothing.
 *
 * Whoever has such a link has what it gives, as whoever has the mail does; so it must give little by
 * itself, and opening it changes nothing: mail scanners open every link (a page asks, by POST).
 */
export class SignedLinks {
  readonly #key: Buffer

  /** @param key 256 random bits; see `openLinkKey` */
  constructor(key: Buffer) {
    this.#key = key
  }

  /** @returns what goes into the address, of characters that need no escape there */
  sign(link: Link): string {
    if (!SUBJECT.test(link.subject)) throw new Error('A link points at a record by its id.')
    const seconds = toSeconds(link.expiresAt)
    return `${link.subject}.${seconds}.${this.#mac(link.purpose, link.subject, seconds)}`
  }

  /** Reads a link that was made for `purpose`. */
  open(purpose: LinkPurpose, signed: string, now: Moment): OpenedLink {
    const [, subject, digits, mac] = /^([\w-]{1,100})\.(\d{1,12})\.([\w-]{43})$/.exec(signed) ?? []
    if (subject === undefined || digits === undefined || mac === undefined) {
      return { kind: 'forged' }
    }
    const seconds = Number(digits)
    // In constant time: how much of it fits must not be told by how long that took to see.
    if (!sameHash(mac, this.#mac(purpose, subject, seconds))) return { kind: 'forged' }
    const link = { purpose, subject, expiresAt: fromSeconds(seconds) }
    return { kind: now < link.expiresAt ? 'good' : 'expired', link }
  }

  // As JSON, so that no two different links are the same text.
  #mac(purpose: LinkPurpose, subject: string, seconds: number): string {
    const said = JSON.stringify(['latchkey link', purpose, subject, seconds])
    return createHmac('sha256', this.#key).update(said).digest('base64url')
  }
}
