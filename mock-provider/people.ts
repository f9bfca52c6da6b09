import { randomUUID } from 'node:crypto'
import type { Person } from './config.ts'

/** How a password was judged. */
export type PasswordVerdict =
  | { readonly kind: 'right'; readonly person: Person }
  | { readonly kind: 'unknown-person' }
  | { readonly kind: 'wrong-password' }
  /** Whatever the password: the account is switched off. */
  | { readonly kind: 'disabled' }

/** What a person may change about themselves. */
export type Profile = Pick<Person, 'name' | 'givenName' | 'familyName'>

/** The tenant's directory, and the social providers' one beside it. */
export class People {
  readonly #configured: readonly Person[]
  readonly #people = new Map<string, Person>()
  readonly #disabled = new Set<string>()
  /** Social people whom this tenant has met. */
  readonly #met = new Set<string>()
  readonly #idpAccessTokens = new Map<string, string>()
  readonly #newcomers = new Set<string>()
  readonly #forgetful = new Set<string>()

  constructor(people: readonly Person[]) {
    this.#configured = people
    this.reset()
  }

  /** Everyone, those who are disabled too. */
  get all(): readonly Person[] {
    return [...this.#people.values()]
  }

  /** Who may be signed in under this id: nobody who is gone or disabled. */
  byOid(oid: string): Person | undefined {
    return this.#disabled.has(oid) ? undefined : this.listed(oid)
  }

  /** Who has this id, disabled or not. */
  listed(oid: string): Person | undefined {
    return this.#people.get(oid)
  }

  /** Takes somebody in, or what is new of somebody who is there. */
  put(person: Person): void {
    this.#people.set(person.oid, person)
  }

  remove(oid: string): void {
    this.#people.delete(oid)
    for (const known of this.#known()) known.delete(oid)
  }

  /** Somebody who is disabled can't sign in, and gets no tokens any more. */
  disable(oid: string): void {
    this.#disabled.add(oid)
  }

  enable(oid: string): void {
    this.#disabled.delete(oid)
  }

  isDisabled(oid: string): boolean {
    return this.#disabled.has(oid)
  }

  /** Those of the configuration, as at the start. */
  reset(): void {
    this.#people.clear()
    for (const known of this.#known()) known.clear()
    for (const person of this.#configured) this.put(person)
  }

  /** @param idp - the social provider that is asked; left out, the tenant's local accounts. */
  judge(email: string, password: string, idp?: Person['idp']): PasswordVerdict {
    const person = this.byEmail(email, idp)
    if (!person) return { kind: 'unknown-person' }
    if (this.isDisabled(person.oid)) return { kind: 'disabled' }
    return person.password === password ? { kind: 'right', person } : { kind: 'wrong-password' }
  }

  /** Who has a password here. A social provider's people have theirs there. */
  byLocalEmail(email: string): Person | undefined {
    return this.byEmail(email, undefined)
  }

  /** @param idp - as in {@link judge} */
  byEmail(email: string, idp: Person['idp']): Person | undefined {
    const name = email.trim().toLowerCase()
    return this.all.find((one) => one.idp === idp && one.email.toLowerCase() === name)
  }

  /**
   * Makes a local account.
   *
   * @returns `undefined` when somebody has that e-mail address already.
   */
  signUp(wanted: Profile & Pick<Person, 'email' | 'password'>): Person | undefined {
    if (this.byLocalEmail(wanted.email)) return undefined
    const person = { oid: randomUUID(), ...wanted }
    this.put(person)
    this.#newcomers.add(person.oid)
    return person
  }

  resetPassword(oid: string, password: string): void {
    const person = this.#people.get(oid)
    if (person) this.put({ ...person, password })
  }

  /** @returns the person as they are called from now on. */
  rename({ oid, email, password, idp }: Person, profile: Profile): Person {
    const person = { oid, email, password, ...(idp === undefined ? {} : { idp }), ...profile }
    this.put(person)
    return person
  }

  /** A person resets their password on the way of signing in: their ID token says so. */
  forgot(oid: string): void {
    this.#forgetful.add(oid)
  }

  /** Whether the password was reset in this very sign-in: `isForgotPassword` is said once. */
  takeForgetful(oid: string): boolean {
    return this.#forgetful.delete(oid)
  }

  /**
   * A person comes from a social provider: the first time, B2C makes an account of it.
   *
   * @param idpAccessToken - the provider's own, where B2C hands it on. B2C can't renew it.
   */
  meet({ oid }: Person, idpAccessToken: string | undefined): void {
    if (idpAccessToken !== undefined) this.#idpAccessTokens.set(oid, idpAccessToken)
    if (this.#met.has(oid)) return
    this.#met.add(oid)
    this.#newcomers.add(oid)
  }

  /** What the social provider gave when the person came from there last. */
  idpAccessToken(oid: string): string | undefined {
    return this.#idpAccessTokens.get(oid)
  }

  /** Whether this ID token is the first since sign-up: `newUser` is said once. */
  takeNewcomer(oid: string): boolean {
    return this.#newcomers.delete(oid)
  }

  /** What is known of people by oid, besides who they are. */
  #known(): readonly Pick<Set<string>, 'delete' | 'clear'>[] {
    return [this.#disabled, this.#met, this.#newcomers, this.#forgetful, this.#idpAccessTokens]
  }
}
