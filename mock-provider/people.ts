import type { Person } from './config.ts'

/** How a password was judged. */
export type PasswordVerdict =
  | { readonly kind: 'right'; readonly person: Person }
  | { readonly kind: 'unknown-person' }
  | { readonly kind: 'wrong-password' }

/** The tenant's directory, and the social providers' one beside it. */
export class People {
  readonly #people: readonly Person[]
  /** Social people whom this tenant has met. */
  readonly #met = new Set<string>()
  readonly #newcomers = new Set<string>()
  /** Passwords that were reset, by oid; all others are those of the configuration. */
  readonly #passwords = new Map<string, string>()
  readonly #forgetful = new Set<string>()

  constructor(people: readonly Person[]) {
    this.#people = people
  }

  get all(): readonly Person[] {
    return this.#people
  }

  byOid(oid: string): Person | undefined {
    return this.#people.find((person) => person.oid === oid)
  }

  /** @param idp - the social provider that is asked; left out, the tenant's local accounts. */
  judge(email: string, password: string, idp?: Person['idp']): PasswordVerdict {
    const person = this.#find(email, idp)
    if (!person) return { kind: 'unknown-person' }
    const right = this.#passwords.get(person.oid) ?? person.password
    return right === password ? { kind: 'right', person } : { kind: 'wrong-password' }
  }

  /** Who has a password here. A social provider's people have theirs there. */
  byLocalEmail(email: string): Person | undefined {
    return this.#find(email, undefined)
  }

  resetPassword(oid: string, password: string): void {
    this.#passwords.set(oid, password)
  }

  /** A person resets their password on the way of signing in: their ID token says so. */
  forgot(oid: string): void {
    this.#forgetful.add(oid)
  }

  /** Whether the password was reset in this very sign-in: `isForgotPassword` is said once. */
  takeForgetful(oid: string): boolean {
    return this.#forgetful.delete(oid)
  }

  /** A person comes from a social provider: the first time, B2C makes an account of it. */
  meet(person: Person): void {
    if (this.#met.has(person.oid)) return
    this.#met.add(person.oid)
    this.#newcomers.add(person.oid)
  }

  /** Whether this ID token is the first since sign-up: `newUser` is said once. */
  takeNewcomer(oid: string): boolean {
    return this.#newcomers.delete(oid)
  }

  #find(email: string, idp: Person['idp']): Person | undefined {
    const name = email.trim().toLowerCase()
    return this.#people.find((one) => one.idp === idp && one.email.toLowerCase() === name)
  }
}
