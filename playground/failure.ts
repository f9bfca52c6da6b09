/** Why the playground can't go on: one sentence that says what to do. Printed as it is, exit code 1. */
export class PlaygroundFailure extends Error {
  override readonly name = 'PlaygroundFailure'
}
