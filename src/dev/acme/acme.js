/* The list of what was asked looks again each second; without scripts, load the page again. */
const calls = document.getElementById('calls')
setInterval(async () => {
  if (document.hidden) return
  const answer = await fetch('/calls').catch(() => null)
  const text = answer && answer.ok ? await answer.text() : ''
  if (text && text !== calls.dataset.seen) {
    calls.dataset.seen = text
    calls.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes)
  }
}, 1000)
