/* A quick report: the title writes itself from category and place, a photo is made small, a place is asked for only
 * when somebody presses for it. */
"use strict";
/* global Work */

(() => {
  const form = document.querySelector("form[data-kind]");
  const title = form.elements.title, SIDE = 1600;
  let own = title && title.value ? title.value : ""; // what somebody wrote is never written over

  function chosen(name) {
    const box = form.querySelector(`[name="${name}"]:checked`);
    if (box) return box.closest("label").textContent.trim();
    const list = form.elements[name];
    return list && list.options ? list.options[list.selectedIndex].text : "";
  }

  function entitle() {
    if (!title || own) return;
    title.value = [chosen("category"), chosen("place")].filter(Boolean).join(" · ");
    if (!chosen("category")) title.value = "";
  }

  /* Fewer pixels go over a slow line sooner; the server makes every photo anew in any case. */
  async function small(file) {
    const image = await createImageBitmap(file);
    const share = Math.min(1, SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * share);
    canvas.height = Math.round(image.height * share);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
  }

  async function photographed(event) {
    const file = event.target.files[0];
    form.querySelector("[data-photo-name]").textContent = file ? `✓ ${file.name}` : Work.say("photo");
    form.photoKept = null;
    if (file) form.photoKept = await small(file).catch(() => file);
  }

  let put = ""; // what was filled in by the last press, taken out again by the next

  function locate(button) {
    const box = form.elements[button.dataset.locate], line = document.getElementById("located");
    line.textContent = Work.say("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = Work.say("here", coords.latitude.toFixed(5), coords.longitude.toFixed(5), Math.round(coords.accuracy));
        if (box.dataset.point) {
          box.value = `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`;
          line.textContent = here;
          return;
        }
        const own = put ? box.value.replace(put, "") : box.value;
        put = own ? `（${here}）` : here;
        box.value = own + put;
        line.textContent = here;
      },
      (fault) => { line.textContent = Work.say("no_place", Work.say(fault.code === 1 ? "denied" : "unknown")); },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 },
    );
  }

  form.addEventListener("change", (event) => {
    if (["category", "place"].includes(event.target.name)) entitle();
    if (event.target.name === "photo") photographed(event);
  });
  if (title) title.addEventListener("input", () => { own = title.value; });
  entitle();
  const press = form.querySelector("[data-locate]");
  if (press && "geolocation" in navigator) {
    press.hidden = false;
    press.addEventListener("click", () => locate(press));
  }
})();
