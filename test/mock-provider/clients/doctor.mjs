// The doctor, in a process with the environment that it judges.
import { consult } from '../../../mock-provider/doctor/doctor.ts'
import { answerCalls } from './answer-calls.mjs'

answerCalls({
  consult: ({ authority, ...question }) => consult({ ...question, authority: new URL(authority) }),
})
