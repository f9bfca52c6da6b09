import path from 'node:path'
import { writePrivateFile } from '../private-file.ts'
import { nodeDisk } from '../store/disk.ts'
import { type Mailer, toRfc5322 } from './message.ts'

/**
 * Puts each mail into a folder instead of sending it: one file each, for the owner's eyes alone. The
 * file has the mail's id for a name, so that to send a mail twice writes the same file.
 */
export const outboxMailer = (folder: string): Mailer => ({
  async send(message) {
    await nodeDisk.makeFolder(folder)
    await writePrivateFile(path.join(folder, `${message.id}.eml`), toRfc5322(message))
  },
})
