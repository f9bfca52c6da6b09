import { EventEmitter } from 'node:events'

/** What a helper process of Electron's finds as `process.parentPort`. */
const port = Object.assign(new EventEmitter(), {
  postMessage: (message: object) => process.send?.(message),
})
// As in Electron, what comes before somebody listens waits for them.
port.once('newListener', () =>
  process.on('message', (data) => port.emit('message', { data, ports: [] })),
)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
Object.defineProperty(process, 'parentPort', { value: port })
