/** `npm run extension:pack`: a zip for the stores, the same bytes from the same sources. */
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildExtension } from './build.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const dist = path.join(here, 'dist')
await buildExtension(dist)
const { status } = spawnSync(
  path.join(path.dirname(here), 'node_modules', '.bin', 'web-ext'),
  [
    'build',
    '--source-dir',
    dist,
    '--artifacts-dir',
    path.join(here, 'dist-packed'),
    '--overwrite-dest',
    '--filename',
    'latchkey-{version}.zip',
  ],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
