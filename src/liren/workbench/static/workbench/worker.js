/* The service worker: keeps the shell, the to-do list and what was opened, and sends what waits when there is a
 * network again. TOLD is written above by the server: {version, shell, home, store}. */
"use strict";
/* global TOLD, Store, importScripts */

importScripts(TOLD.store);

const SHELL = `liren-shell-${TOLD.version}`, PAGES = "liren-pages";
const MOST = 60; // pages kept, the oldest go first
const FRESH = 600000; // milliseconds for which a page that was kept beforehand is not asked for again
const PATIENCE = 6000; // milliseconds to wait for a network that does not answer, where a kept page is there
const OFFLINE = `${TOLD.home}offline/`, SEND = `${TOLD.home}send/`;
// Never kept: what is asked of the server itself, and what is worthless tomorrow.
const LIVE = ["send/", "worker.js", "scan/", "activities/code", "exams/"].map((end) => TOLD.home + end);

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(SHELL).then((cache) => cache.addAll(TOLD.shell)).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => names.filter((name) => name.startsWith("liren-shell-") && name !== SHELL))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (LIVE.some((start) => address.pathname.startsWith(start))) return;
  if (request.mode === "navigate" && address.pathname.startsWith(TOLD.home)) {
    event.respondWith(page(request));
  } else if (TOLD.shell.includes(address.pathname)) {
    event.respondWith(part(request, address.pathname));
  }
});

/* A file of the shell: the kept one, which belongs to this version of the worker. */
async function part(request, path) {
  const kept = await (await caches.open(SHELL)).match(path, { ignoreVary: true });
  return kept || fetch(request);
}

/* A page: from the network while it answers, else the kept one, which says when it was kept. */
async function page(request) {
  const kept = await find(request);
  try {
    const answer = await within(fetch(request), kept ? PATIENCE : 60000);
    if (answer.ok && !answer.redirected && !/no-store/.test(answer.headers.get("Cache-Control") || "")) await keep(request, answer.clone());
    if (answer.status === 403) await caches.delete(PAGES); // signed out: what was kept is nobody's now
    return answer;
  } catch {
    return kept ? dated(kept) : fallback();
  }
}

function within(promise, milliseconds) {
  return Promise.race([promise, new Promise((_, failed) => setTimeout(() => failed(new Error("slow")), milliseconds))]);
}

/* Answers vary with a cookie that is not asked about here: a phone keeps the pages of one person. */
async function find(request) {
  const pages = await caches.open(PAGES), shell = await caches.open(SHELL);
  const exactly = { ignoreVary: true }, loosely = { ignoreVary: true, ignoreSearch: true };
  return (await pages.match(request, exactly)) || (await pages.match(request, loosely)) || shell.match(request, loosely);
}

async function fallback() {
  const kept = await (await caches.open(SHELL)).match(OFFLINE, { ignoreVary: true });
  return kept ? dated(kept) : Response.error();
}

async function keep(request, answer) {
  const cache = await caches.open(PAGES);
  const headers = new Headers(answer.headers);
  headers.set("X-Kept", new Date().toISOString());
  await cache.put(request, new Response(await answer.blob(), { status: answer.status, headers }));
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => cache.delete(key)));
}

/* A kept page says so, and its forms get keys of their own: filled in twice, they are two. */
async function dated(answer) {
  const text = await answer.text();
  const when = answer.headers.get("X-Kept") || "";
  const marked = text
    .replace("<html ", `<html data-kept="${when}" `)
    .replace(/(name="key" value=")[0-9a-f]{32}(")/g, (_, before, after) => before + Store.fresh() + after);
  const headers = new Headers(answer.headers);
  headers.delete("Content-Length");
  headers.delete("Content-Encoding");
  return new Response(marked, { status: 200, headers });
}

let turn = Promise.resolve(); // one after the other: what is kept next must not be forgotten with what was before

self.addEventListener("message", (event) => {
  const { forget: leave, keep: list, here } = event.data || {};
  turn = turn.then(async () => {
    if (leave) await forget();
    if (list) await beforehand(list, here);
  }).catch(() => {});
  event.waitUntil(turn);
});

/* Somebody else works here now: nothing of the one before stays, and the pages of the shell greet by name. */
async function forget() {
  await caches.delete(PAGES);
  await (await caches.open(SHELL)).addAll(TOLD.shell.filter((path) => path.startsWith(TOLD.home)));
}

/* Pages that somebody will want without a network: the list, and the forms that a kept page names with data-keep;
 * and the page that is open, where the worker came too late to see it. What was kept just now is not asked for again. */
async function beforehand(addresses, here) {
  const wanted = here && (await age(here)) === Infinity ? [here, ...addresses] : [...addresses], seen = new Set();
  while (wanted.length && seen.size < 16) {
    const address = wanted.shift();
    if (seen.has(address) || LIVE.some((start) => address.startsWith(start))) continue;
    seen.add(address);
    try {
      const found = (await age(address)) < FRESH ? known(address) : fetched(address);
      wanted.push(...(await found));
    } catch {
      return; // without a network nothing more can be fetched
    }
  }
}

/* Milliseconds since a page was kept; endless where it is not. */
async function age(address) {
  const kept = await (await caches.open(PAGES)).match(address, { ignoreVary: true });
  return kept ? Date.now() - new Date(kept.headers.get("X-Kept")).getTime() : Infinity;
}

async function known(address) {
  const kept = await (await caches.open(PAGES)).match(address, { ignoreVary: true });
  return links(await kept.text());
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return [];
  const text = await answer.clone().text();
  await keep(new Request(new URL(address, self.location.origin)), answer);
  return links(text);
}

function links(text) {
  return [...text.matchAll(/<a [^>]*data-keep/g)].map(([link]) => /href="([^"]+)"/.exec(link)).filter(Boolean).map((found) => found[1]);
}

self.addEventListener("sync", (event) => {
  if (event.tag === "liren-queue") event.waitUntil(Store.flush(SEND).then(tell));
});

async function tell() {
  for (const client of await self.clients.matchAll()) client.postMessage({ flushed: true });
}
