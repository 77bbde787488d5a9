/*
 * The page that the browser shows when the server cannot be reached. Nothing else is kept: no answer of the API, and
 * nothing of the app, which would be the old one after an upgrade.
 */
const PAGE = '/offline.html'
const FILES = [PAGE, '/offline.css', '/offline.js']
const PREFIX = 'gobox-offline'
/** Its address names the build (plugins/offline.ts): each build installs this anew, with its own page. */
const CACHE = PREFIX + self.location.search
/** What a proxy answers while no server is behind it. */
const NOBODY = [502, 503, 504]

const keptFile = async (path) => (await caches.open(CACHE)).match(path)

async function install() {
  const cache = await caches.open(CACHE)
  await cache.addAll(FILES.map((path) => new Request(path, { cache: 'reload', credentials: 'omit' })))
  await self.skipWaiting()
}

async function takeOver() {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  )
  await self.clients.claim()
}

async function openPage(request) {
  const response = await fetch(request).catch(() => undefined)
  if (response && !NOBODY.includes(response.status)) return response
  return (await keptFile(PAGE)) ?? response ?? Response.error()
}

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(takeOver()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (origin !== self.location.origin || request.method !== 'GET' || pathname.startsWith('/api/')) return
  if (request.mode === 'navigate') event.respondWith(openPage(request))
  else if (FILES.includes(pathname)) event.respondWith(keptFile(pathname).then((file) => file ?? fetch(request)))
})
