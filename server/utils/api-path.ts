/** Everything that could be taken for an API path by any router: `/API/…`, `//api/…`, `/%61pi/…`, `/x/../api/…`. */
export function isApiPath(path: string): boolean {
  let decoded = path
  try {
    decoded = decodeURIComponent(path)
  } catch {
    // What cannot be decoded is judged as it stands.
  }
  return /(?:^|[/\\])api(?:$|[^\w-])/i.test(decoded)
}
