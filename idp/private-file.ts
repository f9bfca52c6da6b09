import path from 'node:path'
import { nodeDisk } from './store/disk.ts'

/**
 * Writes a file that its owner alone reads. It is whole and on disk when the promise resolves; before
 * that, whatever stood under the name still does.
 */
export async function writePrivateFile(file: string, content: string): Promise<void> {
  const draft = `${file}.new`
  const handle = await nodeDisk.create(draft)
  try {
    await handle.write(Buffer.from(content))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await nodeDisk.rename(draft, file)
  await nodeDisk.syncFolder(path.dirname(file))
}
