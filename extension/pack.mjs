/**
 * `npm run extension:pack`: a zip for the stores, the same bytes from the same sources, so that anybody can
 * check what a store hands out.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildExtension } from './build.mjs'
import { zip } from './zip.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))

/**
 * Without the key that fixes the id of a folder loaded by hand: a store gives ids itself, and refuses one.
 *
 * @param {string} folder a built extension
 */
export function packed(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return zip(
    names
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .map((name) => ({
        name: name.replaceAll('\\', '/'),
        bytes:
          name === 'manifest.json' ? manifestOf(folder) : readFileSync(path.join(folder, name)),
      })),
  )
}

function manifestOf(folder) {
  const { key: _, ...manifest } = readManifest(folder)
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
}

const readManifest = (folder) =>
  JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const dist = path.join(here, 'dist')
  await buildExtension(dist)
  const { version } = readManifest(dist)
  const file = path.join(here, 'dist-packed', `latchkey-${version}.zip`)
  const bytes = packed(dist)
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, bytes)
  const hash = createHash('sha256').update(bytes).digest('hex')
  process.stdout.write(`${path.relative(process.cwd(), file)}\nSHA-256 ${hash}\n`)
}
