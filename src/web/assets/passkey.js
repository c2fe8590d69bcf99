/* Passkeys, where the browser has them. Without this file the forms stay hidden, and people use their password. */
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))
const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

const options = (form) => {
  const asked = JSON.parse(form.dataset.options)
  asked.challenge = bytes(asked.challenge)
  if (asked.user) asked.user.id = bytes(asked.user.id)
  for (const one of [...(asked.allowCredentials || []), ...(asked.excludeCredentials || [])]) one.id = bytes(one.id)
  return asked
}

const written = (credential) => {
  const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']
  const have = names.filter((name) => credential.response[name])
  const response = Object.fromEntries(have.map((name) => [name, base64url(credential.response[name])]))
  return JSON.stringify({ id: credential.id, rawId: base64url(credential.rawId), type: credential.type, response, extensions: {} })
}

let waiting
const ask = async (form, mediation) => {
  waiting?.abort()
  waiting = new AbortController()
  const asked = { publicKey: options(form), signal: waiting.signal }
  if (mediation) asked.mediation = mediation
  const creates = form.dataset.passkey === 'create'
  const credential = creates ? await navigator.credentials.create(asked) : await navigator.credentials.get(asked)
  form.querySelector('[data-answer]').value = written(credential)
  form.submit()
}

/* One of its sentences, or none. */
const say = (form, which) => {
  for (const one of form.querySelectorAll('[data-says]')) one.hidden = one.dataset.says !== which
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!window.PublicKeyCredential || !form.dataset.options) continue
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    say(form)
    try {
      await ask(form)
    } catch (why) {
      say(form, why.name === 'InvalidStateError' ? 'known' : 'failed')
    }
  })
}

/* Passkeys among what the browser suggests for the e-mail address. */
const signIn = document.querySelector('form[data-passkey=get]')
if (signIn && !signIn.hidden && document.querySelector('[autocomplete~=webauthn]')) {
  const can = window.PublicKeyCredential.isConditionalMediationAvailable
  const suggest = async () => {
    if (can && (await PublicKeyCredential.isConditionalMediationAvailable())) await ask(signIn, 'conditional')
  }
  suggest().catch(() => {})
}
