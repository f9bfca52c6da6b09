/** A promise of the flow that did not hold. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise'
}

/** Goes on only if `holds`; otherwise the story ends here, with what was promised. */
export function prove(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new BrokenPromise(promise)
}
