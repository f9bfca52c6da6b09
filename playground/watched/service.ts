import process from 'node:process'
import { Webhook } from 'standardwebhooks'
import { watchRequests } from '../requests/watch.ts'
import { tell } from './tell.ts'

const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? '')

/** The service as it is, in a process where the playground looks on, and checks signatures by itself. */
watchRequests({
  party: 'service',
  tell: (request) => tell({ request }),
  check(body, headers) {
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = headers
    if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof given !== 'string') {
      return undefined
    }
    return { valid: isSigned(body, { id, timestamp, given }), signed: `${id}.${timestamp}.${body}` }
  },
})
await import('../service/main.ts')

function isSigned(
  body: string,
  { id, timestamp, given }: { id: string; timestamp: string; given: string },
): boolean {
  try {
    webhook.verify(body, {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': given,
    })
    return true
  } catch {
    return false
  }
}
