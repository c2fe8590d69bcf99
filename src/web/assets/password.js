/* How good a password is, while it is typed. `common` stands before this: what guessing lists are made of. The server has the
   last word, and says the same in words. */
const plainly = { 0: 'o', 1: 'i', '!': 'i', 3: 'e', 4: 'a', '@': 'a', 5: 's', $: 's', 7: 't' }
const bare = (text) =>
  text.toLowerCase().replace(/^[\d\p{P}\p{S} ]+|[\d\p{P}\p{S} ]+$/gu, '').replace(/[01!345@$7]/g, (c) => plainly[c] || c).replace(/[^\p{L}]/gu, '')

const level = (text, words) => {
  const length = [...text].length
  if (length < 8) return 0
  const rest = bare(text)
  const left = words.reduce((left, word) => left.split(word).join(''), text.toLowerCase())
  if (!rest || common.has(rest) || new Set(text).size < 4 || [...left].length < 5) return 1
  return length < 12 ? 2 : length < 16 ? 3 : 4
}

for (const meter of document.querySelectorAll('[data-meter]')) {
  const field = document.getElementById(meter.dataset.meter)
  const words = meter.dataset.words.toLowerCase().split(/[\s@.]+/).filter((word) => word.length > 2)
  field?.addEventListener('input', () => {
    const reached = level(field.value, words)
    meter.hidden = !field.value
    meter.querySelector('meter').value = reached
    for (const said of meter.querySelectorAll('[data-level]')) said.hidden = said.dataset.level !== String(reached)
  })
}
