/* The window of an app's connection has its answer: it tells those who may hear it, lets go of who opened it, and closes. */
const told = document.querySelector('[data-connect]')
const answer = JSON.parse(told.dataset.connect)
const channel = new BroadcastChannel('symbolon-connect')
channel.postMessage(answer)
channel.close()
if (window.opener) {
  for (const origin of JSON.parse(told.dataset.origins)) window.opener.postMessage(answer, origin)
  window.opener = null
  window.close()
}
