/** Why the provider can't start: one sentence that says what to do. Printed as it is, exit code 1. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
