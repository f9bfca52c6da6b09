import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import * as v from 'valibot'
import { ask } from '../ask.ts'
import { Configuration } from '../configuration.ts'
import { browser } from '../platform.ts'
import { Lifetimes } from './lifetimes.tsx'

/** Whom this installation deals with, and forgetting all of it. */
function Options() {
  const [configuration, setConfiguration] = useState<Configuration>()
  const [pages, setPages] = useState<readonly string[]>([])
  const [told, setTold] = useState('')

  useEffect(() => {
    ask('configuration', {}).then(setConfiguration)
    ask('pages', {}).then(setPages)
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
      clock: form.get('clock') || undefined,
    })
    if (!read.success) {
      const [issue] = read.issues
      setTold(`${v.getDotPath(issue)}: ${issue.message}.`)
      return
    }
    // Asked for when it is needed, and for these alone.
    const origins = [
      ...[read.output.site, ...read.output.services, read.output.clock ?? []]
        .flat()
        .map((url) => `${url.replace(/:\d+$/, '')}/*`),
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

  const allow = async (event: Event) => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const page = String(new FormData(event.currentTarget).get('page'))
    const { protocol, hostname, origin } = new URL(page)
    if (!(await browser.permissions.request({ origins: [`${protocol}//${hostname}/*`] }))) {
      setTold('Without the permission for that page nothing can be passed on.')
      return
    }
    setPages(await ask('allow_page', { page }))
    setTold(`Pages of ${origin} may call the service now. Load them again.`)
  }

  const disallow = async (page: string) => {
    setPages(await ask('disallow_page', { page }))
    setTold(`Pages of ${page} may not call the service any more.`)
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
        <label for="clock">Clock of a playground to follow, if there is one</label>
        <input id="clock" name="clock" type="url" value={configuration.clock ?? ''} />
        <p class="secondary">Another site is another world: whoever is signed in is signed out.</p>
        <button class="button" type="submit">
          Save
        </button>
      </form>
      <Lifetimes />
      <h2>Pages that may call the service</h2>
      <p>They ask, and get the service’s answer. They never see what you are signed in with.</p>
      <ul class="list">
        {pages.map((page) => (
          <li key={page}>
            <div class="row">
              <code>{page}</code>
              <button type="button" class="quiet" onClick={() => disallow(page)}>
                Remove<span class="unseen"> {page}</span>
              </button>
            </div>
          </li>
        ))}
      </ul>
      <form onSubmit={allow}>
        <label for="page">Address of a page</label>
        <input id="page" name="page" type="url" required placeholder="https://app.example.com" />
        <button type="submit">Allow</button>
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
