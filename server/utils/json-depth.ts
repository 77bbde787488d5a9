const [QUOTE, BACKSLASH, BRACKET, BRACE] = [...'"\\[{'].map(character => character.charCodeAt(0)) as [number, number, number, number]

/** Whether JSON nests deeper than `max`, found without parsing it. */
export function isDeeperThan(max: number, text: string): boolean {
  let depth = 0
  let inText = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (inText) {
      if (code === BACKSLASH) index++
      else if (code === QUOTE) inText = false
    }
    else if (code === QUOTE) inText = true
    else if (code === BRACKET || code === BRACE) {
      if (++depth > max) return true
    }
    else if (code === BRACKET + 2 || code === BRACE + 2) depth--
  }
  return false
}
