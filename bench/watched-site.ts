import { createServer } from 'node:http'
import process from 'node:process'
import { start } from '../idp/start.ts'
import { Heartbeat } from './heartbeat.ts'
import { surroundings } from './serve.ts'
import { socketOf } from './watch.ts'

/**
 * The site as it is, in a process where somebody looks over its shoulder: by a socket beside its data
 * folder a snapshot can be asked for, and how long the event loop was held since the last question.
 */
const store = await start(process.env)
const heartbeat = new Heartbeat()
heartbeat.start()

createServer(async (request, response) => {
  if (request.url === '/snapshot') await store.compact()
  response.end(JSON.stringify(heartbeat.take()))
})
  .listen(socketOf(surroundings().data))
  .unref()
