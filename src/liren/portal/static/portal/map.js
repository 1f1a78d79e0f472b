/* The map of a report: larger where a script can tell how large it is shown, one's own location only when asked for,
 * and what was typed is still there after a tap. Without this script the page works, the picture is smaller. */
"use strict";

(() => {
  const form = document.querySelector("form[data-spot]");
  const picture = form.querySelector("input[type=image]"), press = form.querySelector("[data-here]");
  const said = form.querySelector("[data-here-said]"), filing = document.querySelector("form[data-keep]");
  const KEPT = `liren:${location.pathname}`, NEVER = ["csrfmiddlewaretoken", "key", "drafts", "website"];

  /* Only for this tab and this one step: words, no files, nothing that is hidden or a telephone number. */
  const boxes = () => [...filing.elements].filter(
    (box) => box.name && !NEVER.includes(box.name) && !["hidden", "file", "tel", "submit"].includes(box.type));

  function keep() {
    if (!filing) return;
    const told = boxes().map((box) => [box.name, box.value, box.checked === true]);
    sessionStorage.setItem(KEPT, JSON.stringify(told));
  }

  function fill() {
    const told = filing && sessionStorage.getItem(KEPT);
    if (!told) return;
    sessionStorage.removeItem(KEPT);
    for (const [name, value, ticked] of JSON.parse(told)) {
      for (const box of boxes().filter((one) => one.name === name)) {
        if (["radio", "checkbox"].includes(box.type)) box.checked = box.value === value ? ticked : box.checked;
        else if (!box.value) box.value = value;
      }
    }
  }

  function here() {
    said.textContent = said.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        keep();
        const told = new URLSearchParams({ next: form.elements.next.value, point: `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}` });
        location.assign(`${form.action}?${told}`);
      },
      (fault) => { said.textContent = fault.code === 1 ? said.dataset.denied : said.dataset.unknown; },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
    );
  }

  if (picture) {
    picture.classList.add("pick-large");
    picture.addEventListener("click", () => {
      const shown = picture.getBoundingClientRect();
      form.elements.w.value = shown.width;
      form.elements.h.value = shown.height;
    });
  }
  form.addEventListener("submit", keep);
  if ("geolocation" in navigator) {
    press.hidden = false;
    press.addEventListener("click", here);
  }
  fill();
})();
