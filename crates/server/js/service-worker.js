// Keeps the verifier, and the pages that were asked to be kept, for when there is no network. What is here
// is answered from the network first, so that nobody is shown yesterday's finding while today's can be had;
// what the network does not answer is answered from what was kept.

const KEPT = "solferino-kept-1";
const SCRIPTS = SCRIPT_ADDRESSES;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(SCRIPTS)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => clients.claim()));
});

addEventListener("message", (event) => {
  const keep = async () => {
    try {
      const kept = await caches.open(KEPT);
      await kept.addAll(event.data.keep);
      event.ports[0].postMessage({ kept: true });
    } catch (error) {
      event.ports[0].postMessage({ kept: false, why: error.message });
    }
  };
  event.waitUntil(keep());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  try {
    const fresh = await fetch(request);
    const kept = await caches.open(KEPT);
    // A page that is kept stays as it was seen last.
    if (fresh.ok && (await kept.match(request))) await kept.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw error;
  }
}
