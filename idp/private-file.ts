import path from 'node:path'
import { type Disk, nodeDisk } from './store/disk.ts'

/**
 * Writes a file that its owner alone reads. It is whole and on disk when the promise resolves; before
 * that, whatever stood under the name still does.
 */
export async function writePrivateFile(
  file: string,
  content: string,
  disk: Disk = nodeDisk,
): Promise<void> {
  const draft = `${file}.new`
  // One that a crash has left would keep the rights it has.
  await disk.remove(draft)
  const handle = await disk.create(draft)
  try {
    await handle.write(Buffer.from(content))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await disk.rename(draft, file)
  await disk.syncFolder(path.dirname(file))
}
