import { utilityProcess } from 'electron'
import type { StartHelper } from '../main/ports.ts'

/** @param program path of the helper's bundle */
export const electronHelper =
  (program: string): StartHelper =>
  ({ heard, ended }) => {
    const child = utilityProcess.fork(program, [], { serviceName: 'Latchkey keychain' })
    child.on('message', heard)
    child.on('exit', ended)
    return {
      send: (message) => child.postMessage(message),
      kill() {
        // SIGTERM would do for a hung native call as well, but one that is stopped never hears it.
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL')
        else child.kill()
      },
    }
  }
