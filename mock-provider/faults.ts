/**
 * What the provider can be told to do wrong, by name:
 * - `sticky-session`: logout looks done, and the session goes on;
 * - `knows-without-cookies`: a browser that brings no session is taken for the last one that did, as a
 *   network does that signs its machines' users in by Kerberos or by certificate.
 */
export const FAULTS = ['sticky-session', 'knows-without-cookies'] as const

export type Fault = (typeof FAULTS)[number]

export const isFault = (name: string): name is Fault => FAULTS.some((fault) => fault === name)

/** Which faults are on. All off at the start. */
export class Faults {
  readonly #on = new Set<Fault>()

  has(fault: Fault): boolean {
    return this.#on.has(fault)
  }

  set(fault: Fault, on: boolean): void {
    if (on) this.#on.add(fault)
    else this.#on.delete(fault)
  }
}
