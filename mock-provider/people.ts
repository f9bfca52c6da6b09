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
    const name = email.trim().toLowerCase()
    const person = this.#people.find((one) => one.idp === idp && one.email.toLowerCase() === name)
    if (!person) return { kind: 'unknown-person' }
    return person.password === password ? { kind: 'right', person } : { kind: 'wrong-password' }
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
}
