const go = () => location.replace(document.querySelector("#onward").href)
addEventListener("load", go)
setTimeout(go, 3000)
