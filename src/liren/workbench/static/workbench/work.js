/* Every page of the workbench: registers the worker, says when there is no network, and lets no form be lost.
 *
 * A form marked data-queue-form is sent by fetch with its own key. No network, no answer, nobody signed in: it waits
 * in the store and the page says so. Refused: the form goes the plain way, and the server shows what is wrong. */
"use strict";
/* global Store */

const Work = (() => {
  const told = document.body.dataset, words = JSON.parse(told.words || "{}"), person = told.person || "";
  const PATIENCE = 30000; // milliseconds until a form is taken to be without an answer
  const net = document.getElementById("net");
  let offline = !navigator.onLine;

  /* The sentence of a name, `%s` filled in from left to right. */
  function say(name, ...values) {
    return values.reduce((text, value) => text.replace("%s", value), words[name] || name);
  }

  function clock(text) {
    const at = text ? new Date(text) : new Date();
    return at.toLocaleString(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  }

  /* The line under the bar: offline, a kept page, or that the network is back. */
  function showNet() {
    const kept = document.documentElement.dataset.kept;
    const text = offline ? (kept ? say("kept", clock(kept)) : `${say("offline")} · ${say("offline_long")}`) : "";
    net.textContent = text;
    net.hidden = !text;
    net.classList.remove("net-ok");
  }

  function setOffline(now) {
    const was = offline;
    offline = now;
    showNet();
    if (was && !now) {
      net.textContent = say("online");
      net.hidden = false;
      net.classList.add("net-ok");
      setTimeout(showNet, 4000);
    }
  }

  /* A notice on top of the page; kept for the next page with `later`. */
  function notice(text, { later = false, level = "ok" } = {}) {
    if (later) return sessionStorage.setItem("liren-said", text);
    const line = document.createElement("p");
    line.className = `notice notice-${level}`;
    line.setAttribute("role", level === "late" ? "alert" : "status");
    line.textContent = text;
    document.querySelector("main .wrap").prepend(line);
    return line;
  }

  async function count() {
    const mark = document.querySelector("[data-count]");
    if (!mark) return;
    const waiting = (await Store.all()).length;
    mark.hidden = !waiting;
    mark.textContent = waiting ? String(waiting) : "";
    mark.title = waiting ? say("waiting", waiting) : "";
  }

  /* What the phone keeps of a form: every box with its name as people read it, so that it can be mended later. */
  function itemOf(form) {
    const fields = new Map();
    for (const box of form.elements) {
      if (!box.name || ["csrfmiddlewaretoken", "key", "photo"].includes(box.name) || box.type === "submit") continue;
      const around = box.closest("[data-label]");
      const field = fields.get(box.name) || { name: box.name, label: around ? around.dataset.label : box.name, type: box.type, value: "", choices: [] };
      if (box.type === "radio" || box.type === "checkbox") {
        const title = box.closest("label") ? box.closest("label").textContent.trim() : box.value;
        field.choices.push([box.value, title]);
        if (box.checked) field.value = box.type === "checkbox" ? [...(field.value || []), box.value] : box.value;
        else if (box.type === "checkbox" && !field.value) field.value = [];
      } else {
        if (box.tagName === "SELECT") field.choices = [...box.options].map((one) => [one.value, one.text]);
        field.value = box.value;
      }
      fields.set(box.name, field);
    }
    const photo = form.photoKept || (form.elements.photo && form.elements.photo.files[0]) || null;
    return {
      ...blank(), key: form.elements.key.value, kind: form.dataset.kind || "", number: form.dataset.number || "",
      verb: form.dataset.verb || "", title: form.dataset.title || document.title, fields: [...fields.values()], photo,
    };
  }

  function blank() {
    return { person, name: told.name || "", made: new Date().toISOString(), state: "waiting", words: [], beside: {} };
  }

  /* Keeps an item until it can be sent; false where this browser keeps nothing. */
  async function hold(item) {
    try {
      await Store.put(item);
    } catch {
      notice(say("no_store"), { level: "late" });
      return false;
    }
    const ready = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration());
    if (ready && ready.sync) ready.sync.register("liren-queue").catch(() => {}); // sent even after the page is closed
    await count();
    return true;
  }

  async function send(item) {
    const waiting = new Promise((_, failed) => setTimeout(() => failed(new Error("slow")), PATIENCE));
    return Promise.race([waiting, attempt(item)]);
  }

  async function attempt(item) {
    const who = await Store.greeting(told.send);
    if (!who) return { login: true };
    return String(who.who) === person ? Store.post(told.send, item, who.token) : { other: true };
  }

  async function submitted(event) {
    const form = event.target;
    event.preventDefault();
    if (form.dataset.busy || !form.reportValidity()) return;
    form.dataset.busy = "yes"; // a second tap does nothing, and the key would see to it anyway
    const item = itemOf(form);
    const result = await send(item).catch(() => ({ gone: true }));
    // Who comes back with the back button and writes something else must not meet the key of what was sent.
    const renew = () => { form.elements.key.value = Store.fresh(); };
    if (result.done) {
      renew();
      notice(say("sent", result.number), { later: true });
      if (form.dataset.stay === undefined) location.assign(form.dataset.verb ? told.home : result.href);
      else location.reload();
    } else if (result.refused || result.fields) {
      form.submit(); // the server says beside the boxes what is wrong
    } else if (await hold({ ...item, state: result.login ? "login" : result.other ? "other" : "waiting" })) {
      renew();
      setOffline(Boolean(result.gone));
      notice(say("stored"), { later: true });
      if (form.dataset.stay === undefined) location.assign(told.queue);
      else location.reload();
    } else {
      delete form.dataset.busy;
    }
  }

  /* Without a network a step that asks nothing is confirmed here and waits. */
  async function tapped(event) {
    const step = event.target.closest("a[data-step][data-one-tap]");
    if (!step || !offline) return;
    event.preventDefault();
    const card = step.closest("[data-title]"), title = `${step.textContent.trim()} · ${card ? card.dataset.title : step.dataset.number}`;
    const there = (await Store.all()).find((one) => one.number === step.dataset.number && one.verb === step.dataset.step);
    if (there) return location.assign(told.queue);
    if (!(await ask(title, step.textContent.trim(), say("cancel")))) return;
    const item = { ...blank(), key: Store.fresh(), number: step.dataset.number, verb: step.dataset.step, title, fields: [] };
    if (await hold(item)) notice(say("stored"));
  }

  /* A question in a sheet over the page; true for yes. */
  function ask(text, yes, no) {
    const sheet = document.createElement("dialog");
    sheet.className = "ask";
    const line = document.createElement("p"), row = document.createElement("p");
    line.className = "lead";
    line.textContent = text;
    row.className = "send";
    for (const [label, value, style] of [[yes, "yes", "button button-main"], [no, "no", "button"]]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: style, textContent: label });
      button.addEventListener("click", () => sheet.close(value));
      row.append(button);
    }
    sheet.append(line, row);
    document.body.append(sheet);
    sheet.showModal();
    return new Promise((done) => sheet.addEventListener("close", () => {
      sheet.remove();
      done(sheet.returnValue === "yes");
    }));
  }

  /* Sends what waits; with nothing waiting it only looks whether the network is back. */
  async function flush() {
    if (!person) return;
    const waiting = (await Store.all()).length;
    if (!waiting && !offline) return count();
    try {
      const results = waiting ? await Store.flush(told.send) : await Store.greeting(told.send).then(() => []);
      setOffline(false);
      for (const one of results) if (one.done) notice(say("sent", one.number));
      if (results.length) document.dispatchEvent(new CustomEvent("liren-flushed"));
    } catch {
      setOffline(true);
    }
    await count();
  }

  /* Somebody else's pages are forgotten before anything is kept for this one. */
  async function worker() {
    if (!("serviceWorker" in navigator) || !person) return;
    const ready = await navigator.serviceWorker.register(told.worker, { scope: told.home }).then(() => navigator.serviceWorker.ready);
    if ((await Store.recall("person")) !== person) {
      ready.active.postMessage({ forget: true });
      await Store.remember("person", person);
    }
    const saving = navigator.connection && navigator.connection.saveData;
    const list = [told.home, `${told.home}new/`];
    if (!saving) list.push(...[...document.querySelectorAll("a[data-step]:not([data-one-tap])")].slice(0, 8).map((one) => one.href));
    if (!document.documentElement.dataset.kept) ready.active.postMessage({ keep: list, here: location.pathname });
    navigator.serviceWorker.addEventListener("message", () => document.dispatchEvent(new CustomEvent("liren-flushed")));
  }

  /* Names to tap instead of typing them; who types is not hindered. */
  function fills() {
    for (const row of document.querySelectorAll("[data-fills]")) {
      const box = document.getElementById(row.dataset.fills);
      row.hidden = false;
      row.addEventListener("click", (event) => {
        const name = event.target.closest("button");
        if (name) box.value = name.textContent.trim();
      });
    }
  }

  function start() {
    fills();
    const before = sessionStorage.getItem("liren-said");
    sessionStorage.removeItem("liren-said");
    if (before) notice(before);
    if (document.documentElement.dataset.kept !== undefined) offline = true;
    showNet();
    for (const form of document.querySelectorAll("form[data-queue-form]")) form.addEventListener("submit", submitted);
    for (const form of document.querySelectorAll("form:not([data-queue-form])")) {
      form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach((one) => { one.disabled = true; })));
    }
    document.addEventListener("click", tapped);
    document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
    document.querySelector("[data-print]")?.removeAttribute("hidden");
    document.querySelector("input[data-sends]")?.addEventListener("change", (event) => event.target.form.requestSubmit());
    document.querySelector("[data-leave]")?.addEventListener("click", () => navigator.serviceWorker?.controller?.postMessage({ forget: true }));
    window.addEventListener("offline", () => setOffline(true));
    window.addEventListener("online", flush);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
    setInterval(() => { if (!document.hidden) flush(); }, 20000);
    // A page that came back with the back button: its form may be sent again, with the same key.
    window.addEventListener("pageshow", () => document.querySelectorAll("[data-busy]").forEach((form) => { delete form.dataset.busy; }));
    worker().catch(() => {}); // a browser that forbids it works as a page like any other
    flush();
  }

  start();
  return { say, clock, notice, ask, flush, count, hold };
})();
