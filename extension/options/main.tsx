import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import * as v from 'valibot'
import { Configuration } from '../configuration.ts'
import { ask } from '../messages.ts'
import { browser } from '../platform.ts'

/** Whom this installation deals with, and forgetting all of it. */
function Options() {
  const [configuration, setConfiguration] = useState<Configuration>()
  const [told, setTold] = useState('')

  useEffect(() => {
    ask('configuration', {}).then(setConfiguration)
  }, [])

  if (!configuration) return <h1>Options</h1>

  const save = async (event: Event) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const form = new FormData(event.currentTarget)
    const read = v.safeParse(Configuration, {
      site: String(form.get('site')),
      services: wordsIn(form.get('services')),
      providerHosts: wordsIn(form.get('providerHosts')),
    })
    if (!read.success) {
      const [issue] = read.issues
      setTold(`${v.getDotPath(issue)}: ${issue.message}.`)
      return
    }
    // Asked for when it is needed, and for these alone.
    const origins = [
      ...[read.output.site, ...read.output.services].map((url) => `${url.replace(/:\d+$/, '')}/*`),
      ...read.output.providerHosts.flatMap((host) => [`http://${host}/*`, `https://${host}/*`]),
    ]
    if (!(await browser.permissions.request({ origins }))) {
      setTold('Without the permission for these addresses nothing can be done there.')
      return
    }
    await ask('configure', read.output)
    setConfiguration(read.output)
    setTold('Saved. Nobody is signed in there yet.')
  }

  const forget = async () => {
    await ask('forget_device', {})
    setTold('This device is forgotten: its key is deleted, and its session has ended.')
  }

  return (
    <>
      <h1>Options</h1>
      <form onSubmit={save}>
        <label for="site">Address of the site</label>
        <input id="site" name="site" type="url" required value={configuration.site} />
        <label for="services">Services that may be called, separated by spaces</label>
        <input id="services" name="services" value={configuration.services.join(' ')} />
        <label for="providerHosts">Hosts of the provider, whose cookies are removed</label>
        <input
          id="providerHosts"
          name="providerHosts"
          value={configuration.providerHosts.join(' ')}
        />
        <p class="secondary">Another site is another world: whoever is signed in is signed out.</p>
        <button class="button" type="submit">
          Save
        </button>
      </form>
      <h2>This device</h2>
      <p>Forgetting it ends its session and deletes its key. The next sign-in is a new device’s.</p>
      <button type="button" onClick={forget}>
        Forget this device
      </button>
      <p role="status">{told}</p>
    </>
  )
}

const wordsIn = (text: FormDataEntryValue | null): readonly string[] =>
  String(text ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')

const main = document.getElementById('main')
if (main) render(<Options />, main)
