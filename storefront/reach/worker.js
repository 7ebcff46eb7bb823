// Shows a page of its own where there is no connection, and keeps static files, whose names change when they do.
// It never keeps a page: pages hold what belongs to a person.
"use strict";

const facts = FACTS;
const keep = `static-${VERSION}`;
const hashed = /\.[0-9a-f]{12}\.[a-z0-9]+$/;
const most = 200;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(keep).then((cache) => cache.addAll([facts.page, ...facts.files])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== keep).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(facts.page)));
  } else if (url.pathname.startsWith(facts.prefix) && hashed.test(url.pathname)) {
    event.respondWith(kept(request));
  } else if (facts.files.includes(url.pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});

async function kept(request) {
  const cache = await caches.open(keep);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && (await cache.keys()).length < most) await cache.put(request, answer.clone());
  return answer;
}
