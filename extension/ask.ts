import * as v from 'valibot'
import { type Answers, type Asks, type Envelope, MESSAGES, type MessageName } from './messages.ts'
import { browser } from './platform.ts'

/**
 * Asks the background.
 *
 * @throws what the background throws, as a sentence
 */
export async function ask<M extends MessageName>(name: M, asks: Asks<M>): Promise<Answers<M>> {
  const envelope: v.InferInput<typeof Envelope> = { latchkey: name, with: asks }
  const answer: unknown = await browser.runtime.sendMessage(envelope)
  return v.parse(MESSAGES[name].answers, answer) as Answers<M>
}
