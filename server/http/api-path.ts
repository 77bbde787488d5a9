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

export const WEBHOOK = '/api/create_order'

/** Whether the address is the webhook's, as it is spelled. */
export function isWebhookPath(url: string): boolean {
  return url.startsWith(WEBHOOK) && (url.length === WEBHOOK.length || url[WEBHOOK.length] === '?')
}
