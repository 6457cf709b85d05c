// Programs that run in the page. Texts, because the types of a page are not those of a test.

/** Milliseconds from typing into the search box until the count of jobs begins with `result`. */
export const timeOfSearch = (text: string, result: string): string => `(async () => {
  const box = document.querySelector('.search input')
  const start = performance.now()
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, ${JSON.stringify(text)})
  box.dispatchEvent(new Event('input', { bubbles: true }))
  const count = () => document.querySelector('[role=status].hidden').textContent
  while (!count().startsWith(${JSON.stringify(result)})) await new Promise(requestAnimationFrame)
  return performance.now() - start
})()`

/** Every text that can be seen and whose contrast with what is behind it is less than 4.5. */
export const lowContrast = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data]
  }
  const luminance = (color) => {
    const [r, g, b] = color.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor)
      if (color[3] === 255) return color
    }
    return [255, 255, 255, 255]
  }
  const low = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement
    const text = node.textContent.trim()
    if (!text || !parent.checkVisibility() || parent.closest(':disabled, .hidden, script, noscript')) continue
    const [a, b] = [luminance(rgba(getComputedStyle(parent).color)), luminance(behind(parent))]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < 4.5) low.push(contrast.toFixed(2) + ' ' + text)
  }
  return low
})()`
