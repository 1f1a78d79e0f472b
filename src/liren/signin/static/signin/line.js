/* Signing in when everybody does: asks for a seat before the password is sent, and says how long it takes.
   Without this script the form is sent at once, and comes back with a number when there is no seat. */
'use strict';
(() => {
  const form = document.querySelector('form[data-line]')
  if (!form || !window.fetch) { return }

  const said = form.querySelector('[data-line-said]')
  const words = said.querySelector('[data-line-words]')
  const button = form.querySelector('button[type=submit]')
  const number = form.querySelector('[name=turn]')
  const send = () => { button.disabled = false; HTMLFormElement.prototype.submit.call(form) }

  const ask = async () => {
    const token = form.querySelector('[name=csrfmiddlewaretoken]').value
    const body = new URLSearchParams({ turn: number.value, csrfmiddlewaretoken: token })
    const answer = await fetch(form.dataset.line, { method: 'POST', body, credentials: 'same-origin' })
    if (!answer.ok) { return send() }
    const told = await answer.json()
    number.value = told.turn
    if (told.seconds === 0) { return send() }
    words.textContent = words.dataset.lineWords.replace('{ahead}', told.ahead).replace('{seconds}', told.about)
    said.hidden = false
    window.setTimeout(() => { ask().catch(send) }, told.seconds * 1000)
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    button.disabled = true
    ask().catch(send)
  })
  /* A page that comes back by the back button is ready again. */
  window.addEventListener('pageshow', () => { button.disabled = false; said.hidden = true })
})()
