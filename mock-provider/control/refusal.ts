import * as v from 'valibot'

/** Why a call of the control API was refused: the sentence says what to do. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal'
  readonly status: number

  constructor(status: 400 | 403 | 404 | 409 | 413, message: string) {
    super(message)
    this.status = status
  }
}

export const RefusalBody = v.object({ error: v.string() })

export const unreadable = (sentence: string) => new ControlRefusal(400, sentence)
