/** Lets the browser show a page of ours when the server cannot be reached (public/sw.js). */
export default defineNuxtPlugin(() => {
  // Over plain HTTP, but for this machine, browsers have no service workers; in C8's frame the page is C8's.
  if (import.meta.dev || window.parent !== window || !('serviceWorker' in navigator)) return
  const { buildId } = useRuntimeConfig().app
  // A browser that refuses goes on without.
  onNuxtReady(() => void navigator.serviceWorker.register(`/sw.js?build=${buildId}`).catch(() => undefined))
})
