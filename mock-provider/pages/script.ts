/**
 * What B2C's pages do by script: ask whether what was typed will do (`SelfAsserted`), say why not, and
 * go on (`confirmed`). Buttons that it doesn't know are left to the form.
 */
export const SCRIPT = `
(() => {
  const { csrf, transId, api, hosts } = SETTINGS
  const where = new URLSearchParams({ tx: transId, p: hosts.policy })
  const element = (id) => document.getElementById(id)
  let busy = false

  const typed = (form) => {
    const fields = new URLSearchParams(new FormData(form))
    for (const name of ['csrf_token', 'rememberMe', 'verificationCode']) fields.delete(name)
    return fields
  }
  const email = () => ({ claim_id: 'email', claim_value: element('email').value })
  const requests = {
    next: (form) => [...typed(form), ['request_type', 'RESPONSE']],
    continue: (form) => [...typed(form), ['request_type', 'RESPONSE']],
    send: () => ({ ...email(), request_type: 'VERIFICATION_REQUEST' }),
    verify: () => ({
      ...email(),
      request_type: 'VALIDATION_REQUEST',
      user_input: element('email_ver_input').value,
    }),
  }

  const show = (one, shown) => {
    one.hidden = !shown
    one.setAttribute('aria-hidden', String(!shown))
  }
  const clear = () => {
    for (const one of document.querySelectorAll('[data-codes]')) {
      show(one, false)
      one.textContent = ''
    }
  }
  const say = ({ errorCode, message }) => {
    const one =
      document.querySelector('[data-codes~="' + CSS.escape(errorCode) + '"]') ??
      document.querySelector('.pageLevel')
    for (const news of document.querySelectorAll('[role=status]')) show(news, false)
    one.textContent = message
    show(one, true)
    one.focus()
  }
  /** How far the e-mail's verification has come: what belongs to it is seen, and nothing else. */
  const turnTo = (at) => {
    for (const one of document.querySelectorAll('[data-when]')) {
      const now = one.dataset.when.split(' ').includes(at)
      show(one, now)
      // Enter presses the first button that submits, be it hidden or not.
      if (one instanceof HTMLButtonElement) one.type = now ? 'submit' : 'button'
    }
    element('email').readOnly = at !== 'email'
    element('continue').disabled = at !== 'verified'
    element('email_ver_input').value = ''
    const next = { email: element('email'), code: element('email_ver_input') }[at]
    const field = next ?? element('newPassword') ?? element('continue')
    field.focus()
  }
  const goOn = () => {
    const more = new URLSearchParams({
      rememberMe: String(element('rememberMe')?.checked ?? false),
      csrf_token: csrf,
    })
    location.assign(hosts.tenant + '/api/' + api + '/confirmed?' + more + '&' + where)
  }

  document.addEventListener('submit', async (event) => {
    const action = event.submitter?.value
    if (action === 'edit') {
      event.preventDefault()
      clear()
      turnTo('email')
      return
    }
    const request = requests[action]
    if (!request) return
    event.preventDefault()
    if (busy) return
    busy = true
    clear()
    try {
      const answer = await fetch(hosts.tenant + '/SelfAsserted?' + where, {
        method: 'POST',
        headers: { 'X-CSRF-TOKEN': csrf, 'X-Requested-With': 'XMLHttpRequest' },
        body: new URLSearchParams(request(event.target)),
      })
      const said = await answer.json()
      if (said.status !== '200') say(said)
      else if (action === 'send') turnTo('code')
      else if (action === 'verify') turnTo('verified')
      else return goOn()
    } catch {
      say({ errorCode: '', message: 'This could not be sent. Please try again.' })
    }
    busy = false
  })
  // Whoever comes back to the page as they left it may press again.
  addEventListener('pageshow', () => {
    busy = false
  })
})()
`
