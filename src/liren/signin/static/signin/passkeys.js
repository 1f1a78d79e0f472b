/* Connects our forms with allauth's webauthn.js: shows the button where the device can, and says in words
   when it did not work. Each form says what it is for in data-passkey. */
'use strict';
(() => {
  const start = { add: 'addForm', login: 'loginForm', check: 'authenticateForm' }
  const form = document.querySelector('form[data-passkey]')
  if (!form || !window.PublicKeyCredential || !window.isSecureContext) { return }

  const button = form.querySelector('#passkey-button')
  const box = form.querySelector('[name=passwordless]')
  const failed = form.querySelector('[data-passkey-failed]')
  const ids = { credential: 'passkey-credential', data: 'passkey-data' }
  ids.add = ids.login = ids.authenticate = button.id
  if (box) { ids.passwordless = box.id }

  form.querySelector('[data-passkey-none]').hidden = true
  form.querySelector('[data-passkey-shown]').hidden = false
  button.addEventListener('click', () => { failed.hidden = true })
  document.addEventListener('allauth.error', (event) => {
    event.preventDefault()
    failed.hidden = false
  })
  window.allauth.webauthn.forms[start[form.dataset.passkey]]({ ids })
})()
