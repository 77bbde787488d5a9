/**
 * What the frame's parent has said that looks like a log-in and nobody has read yet. The browser frames the pages for
 * allowed origins alone (`frame-ancestors`), and the server refuses any other origin as C8's address.
 */
const handed = shallowRef<MessageEvent<string>>()
/** The same log-in may be said again. */
let last = ''

// As soon as this is loaded: C8 may speak before the log-in page is there.
if (window.parent !== window)
  addEventListener('message', (message: MessageEvent<unknown>) => {
    const { source, data } = message
    if (source !== window.parent || typeof data !== 'string' || data === last || !data.includes('"token"')) return
    last = data
    handed.value = message as MessageEvent<string>
  })

export const useHandedLogIn = () => handed
