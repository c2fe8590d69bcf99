/* The playground works without this: it adds copy buttons, and hands a fragment over that only scripts see. */
for (const code of document.querySelectorAll('[data-copy]')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy'
  button.textContent = 'Copy'
  button.setAttribute('aria-label', 'Copy ' + (code.dataset.copy || 'this'))
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code.textContent)
    button.textContent = 'Copied'
    setTimeout(() => (button.textContent = 'Copy'), 1500)
  })
  code.after(button)
}
const fragment = document.getElementById('fragment')
if (fragment && location.hash.length > 1) {
  fragment.value = location.hash
  fragment.form.submit()
}
