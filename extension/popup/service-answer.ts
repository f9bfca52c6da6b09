import * as v from 'valibot'
import type { ServiceAnswer } from '../messages.ts'

const Hello = v.pipe(v.string(), v.parseJson(), v.object({ message: v.string() }))

/** What came of calling the service, for people. */
export function inWords(answer: ServiceAnswer): string {
  switch (answer.kind) {
    case 'ok': {
      const hello = v.safeParse(Hello, answer.body)
      return answer.status === 200 && hello.success
        ? hello.output.message
        : `The service answered ${answer.status}.`
    }
    case 'retry_later':
      return 'Nothing was sent: the site can’t be reached just now.'
    case 'ended':
      return 'Nothing was sent: you are signed out.'
    case 'refused':
      return answer.sentence
  }
}
