/**
 * Keeps the app itself on the device, so that a piece opens without a network: its text is there too
 * (see collab/local-copy.ts). Built with the names of all files of one build, see vite.config.ts.
 * What is fetched from the API, and who may see it, is never kept here.
 */
const version = '__VERSION__';
const files = JSON.parse('__FILES__');
const cacheName = `counterpoint-${version}`;
const shell = '/';

self.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll([shell, ...files]);
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  const takeOver = async () => {
    const names = await caches.keys();
    await Promise.all(
      names.filter((name) => name !== cacheName).map((name) => caches.delete(name)),
    );
    await self.clients.claim();
  };
  event.waitUntil(takeOver());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (pathname.startsWith('/assets/')) event.respondWith(fromCache(request));
  else if (request.mode === 'navigate' && isPage(pathname)) event.respondWith(fromServer(request));
});

/** The addresses of the app's own pages; see server/http/web-app.ts. */
function isPage(pathname) {
  return ['/', '/account', '/people'].includes(pathname) || pathname.startsWith('/pieces/');
}

/** Names of assets carry a hash of what is in them: what is here is right. */
async function fromCache(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/** The newest build, where a server answers. */
async function fromServer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(shell);
    if (kept) return kept;
    throw error;
  }
}
