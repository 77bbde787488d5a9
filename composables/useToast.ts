/** A passing message for the result of one thing. */
export function toast(type: 'success' | 'error' | 'info', message: string) {
  return import('./toast/show').then(({ show }) => show(type, message))
}
