/* Sitting an exam: every choice is kept by the server and on this phone at once; a line that breaks costs nothing.
 * What could not be kept is sent again every few seconds, and time is told by the server's clock, not by the phone's. */
"use strict";
/* global Work */

(() => {
  const form = document.getElementById("exam"), clock = document.getElementById("clock"), kept = document.getElementById("kept");
  const NAME = `liren-exam-${form.dataset.attempt}`;
  let until = performance.now() + Number(form.dataset.left) * 1000, dirty = false, sending = false, handing = false;

  function answers() {
    const found = Object.create(null); // a box may be called anything
    for (const box of form.querySelectorAll("input:checked")) (found[box.name] ||= []).push(box.value);
    return found;
  }

  /* After a reload or a flat battery: what this phone knows and the server does not yet. */
  function restore() {
    const known = JSON.parse(localStorage.getItem(NAME) || "null");
    if (!known || !known.dirty) return;
    for (const box of form.querySelectorAll("input[type=radio], input[type=checkbox]")) {
      if (Object.hasOwn(known.answers, box.name)) box.checked = known.answers[box.name].includes(box.value);
    }
    dirty = true;
    save();
  }

  function note() {
    localStorage.setItem(NAME, JSON.stringify({ answers: answers(), dirty }));
  }

  async function save() {
    if (sending || handing) return;
    sending = true;
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      until = performance.now() + told.left * 1000;
      dirty = false;
      kept.textContent = Work.say("saved", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    } catch {
      kept.textContent = Work.say("unsaved");
    }
    sending = false;
    note();
  }

  function tick() {
    const left = Math.round((until - performance.now()) / 1000);
    if (left <= 0) return hand();
    const minutes = Math.floor(left / 60), seconds = String(left % 60).padStart(2, "0");
    clock.textContent = Work.say("left", `${minutes}:${seconds}`);
    // Read out rarely: a timer that speaks every second silences everything else.
    clock.setAttribute("aria-live", left === 300 || left === 60 ? "polite" : "off");
    if (dirty && left % 5 === 0) save();
  }

  /* Time is up: handed in by itself as soon as there is a line; the server takes it for some minutes more. */
  async function hand() {
    if (handing) return;
    handing = true;
    clock.textContent = Work.say("time_up");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      localStorage.removeItem(NAME);
      location.assign(answer.url);
    } catch {
      kept.textContent = Work.say("unsaved");
      setTimeout(() => { handing = false; }, 3000);
    }
  }

  form.addEventListener("change", () => {
    dirty = true;
    note();
    save();
  });
  form.addEventListener("submit", () => localStorage.removeItem(NAME));
  window.addEventListener("online", () => { if (dirty) save(); });
  restore();
  setInterval(tick, 1000);
  tick();
})();
