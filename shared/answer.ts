/**
 * A text, or a number as a whole; either is taken at one go, so that nothing inside it is taken for a number. The quote
 * at the end may be missing: a text that is cut off would otherwise be tried again from each quote inside it.
 */
const TOKENS = /"[^"\\]*(?:\\[^][^"\\]*)*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Parses an answer for the pages: integers beyond 2^53, such as the ids of C8's documents, come back as text with all
 * their digits. They are put into quotes beforehand, as not every browser tells a number's source text.
 */
export function parseAnswer(text: string): unknown {
  const exact = /\d{16}/.test(text) ? text.replace(TOKENS, quoteLong) : text
  return JSON.parse(exact)
}

function quoteLong(token: string): string {
  const isLong = /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))
  return isLong ? `"${token}"` : token
}
