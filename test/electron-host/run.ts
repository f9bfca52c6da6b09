/**
 * `node run.mjs <folder of an app> [arguments]` stands in for `electron <folder> [arguments]`: runs
 * the same built files, and says that it is ready only once the entry module has run, as Electron does
 * (electron/electron#40719).
 */
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const [program = '', , folder = '.', ...args] = process.argv
process.argv = [program, folder, ...args]
process.env.ELECTRON_HOST_APP = resolve(folder)
Object.defineProperty(process, 'defaultApp', { value: true })
Object.defineProperty(process.versions, 'electron', { value: 'host' })

const module = new URL('electron.mjs', import.meta.url).href
register(new URL('hooks.mjs', import.meta.url), { data: module })
const { app } = await import(module)
const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
await import(pathToFileURL(join(resolve(folder), main)).href)
app.begin()
