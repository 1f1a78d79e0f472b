/* What waits on this phone, in IndexedDB, and how it is sent. Knows no page: the service worker uses it too.
 *
 * An item: {key, person, name, kind | number + verb, title, fields: [{name, label, value, type, choices}], photo,
 *           made, state: waiting | refused | login | other, words: [sentence], beside: {label: [sentence]}}
 * The key is the form's own idempotency key: however often an item is sent, it is written once. */
"use strict";

const Store = (() => {
  const NAME = "liren-workbench", ITEMS = "items", FACTS = "facts";

  function opened() {
    return new Promise((done, failed) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(ITEMS, { keyPath: "key" });
        asked.result.createObjectStore(FACTS);
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  }

  async function run(store, mode, work) {
    const base = await opened();
    try {
      return await new Promise((done, failed) => {
        const moving = base.transaction(store, mode);
        const asked = work(moving.objectStore(store));
        // Done when it is on the disk, not when it was asked for: only then may the page be left.
        moving.oncomplete = () => done(asked.result);
        moving.onerror = moving.onabort = () => failed(moving.error);
      });
    } finally {
      base.close();
    }
  }

  const put = (item) => run(ITEMS, "readwrite", (store) => store.put(item));
  const get = (key) => run(ITEMS, "readonly", (store) => store.get(key));
  const drop = (key) => run(ITEMS, "readwrite", (store) => store.delete(key));
  const remember = (name, value) => run(FACTS, "readwrite", (store) => store.put(value, name));
  const recall = (name) => run(FACTS, "readonly", (store) => store.get(name));

  async function all() {
    const found = await run(ITEMS, "readonly", (store) => store.getAll());
    return found.sort((one, other) => (one.made < other.made ? -1 : 1));
  }

  /* Who is signed in, and a token to send with; null where nobody is, an exception without a network. */
  async function greeting(address) {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store" });
    if (answer.status === 401) return null;
    if (!answer.ok) throw new Error(`greeting: ${answer.status}`);
    return answer.json();
  }

  function filled(item) {
    const form = new FormData();
    for (const field of item.fields) {
      for (const value of Array.isArray(field.value) ? field.value : [field.value]) form.append(field.name, value);
    }
    form.set("key", item.key);
    form.set("person", String(item.person));
    for (const name of ["kind", "number", "verb"]) if (item[name]) form.set(name, item[name]);
    if (item.photo) form.set("photo", item.photo, "photo.jpg");
    return form;
  }

  /* Sends one item. {done, href, number} | {refused, fields} | {login} | {other} | {trouble}; throws without a network. */
  async function post(address, item, token) {
    const answer = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": token },
      body: filled(item),
    });
    if (answer.status === 401) return { login: true };
    if (answer.status === 403) return { login: true };
    if (answer.status === 409) return { other: true };
    if (answer.status === 200 || answer.status === 422) return answer.json();
    return { trouble: true };
  }

  /* Sends what waits, oldest first, each once; two pages and the worker take turns. Returns what became of each. */
  async function flush(address) {
    if (typeof navigator !== "undefined" && navigator.locks) {
      return navigator.locks.request("liren-queue", () => flushed(address));
    }
    return flushed(address);
  }

  async function flushed(address) {
    const waiting = (await all()).filter((item) => item.state !== "refused");
    const results = [];
    if (!waiting.length) return results;
    const who = await greeting(address);
    for (const item of waiting) {
      if (!who || String(who.who) !== String(item.person)) {
        await put({ ...item, state: who ? "other" : "login", words: [], beside: {} });
        results.push({ item, other: true });
        continue;
      }
      const told = await post(address, item, who.token);
      if (told.done) {
        await drop(item.key);
      } else if (told.refused || told.fields) {
        await put({ ...item, state: "refused", words: told.refused || [], beside: told.fields || {} });
      } else if (told.login || told.other) {
        await put({ ...item, state: told.login ? "login" : "other" });
      }
      results.push({ item, ...told });
    }
    return results;
  }

  /* A key no other form has; 32 hexadecimal digits, as the server makes them. */
  function fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  return { put, get, drop, all, remember, recall, greeting, post, flush, fresh };
})();
