/* The page of what waits: every item with what it says and why it was not taken; mended, deleted or sent from here. */
"use strict";
/* global Store, Work */

(() => {
  const list = document.getElementById("queue"), said = document.getElementById("queue-said");
  const all = document.getElementById("queue-send");
  let mending = ""; // the key of the item whose boxes stand open

  function make(tag, attributes = {}, ...inside) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name in made && name !== "list") made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...inside.filter((one) => one !== null && one !== undefined));
    return made;
  }

  function button(name, act, main = false) {
    const made = make("button", { type: "button", className: main ? "button button-main" : "button", textContent: Work.say(name) });
    made.addEventListener("click", act);
    return made;
  }

  /* A value as people read it: the titles of choices, not their keys. */
  function shown(field) {
    const values = Array.isArray(field.value) ? field.value : [field.value];
    return values.map((one) => (field.choices.find(([key]) => key === one) || [one, one])[1]).join("、");
  }

  function state(item) {
    if (item.state === "other") return Work.say("state_other", item.name);
    return Work.say(`state_${item.state}`);
  }

  function card(item) {
    const refused = item.state === "refused";
    const facts = make("dl", { className: "facts", lang: "zh-Hans" });
    for (const field of item.fields) {
      if (field.type !== "hidden" && field.value && field.value.length) facts.append(make("dt", { textContent: field.label }), make("dd", { textContent: shown(field) }));
    }
    if (item.photo) facts.append(make("dt", { textContent: Work.say("photo") }), make("dd", { textContent: "✓" }));
    const told = [...item.words, ...Object.entries(item.beside || {}).map(([label, why]) => `${label}：${why.join("；")}`)];
    const why = told.map((text) => make("p", { className: "wrong", lang: "zh-Hans", textContent: text }));
    return make("li", { className: `card task held${refused ? " task-late" : ""}`, id: `item-${item.key}` },
      make("p", { className: "task-title", lang: "zh-Hans", textContent: item.title }),
      make("p", { className: "row" },
        make("span", { className: `chip ${refused ? "chip-late" : "chip-soon"}`, textContent: state(item) }),
        make("span", { className: "small quiet", textContent: Work.say("made", Work.clock(item.made)) })),
      refused && why.length ? make("div", { className: "notice notice-late", role: "alert" }, make("div", {}, ...why)) : null,
      mending === item.key ? editor(item) : make("div", {}, facts, row(item)));
  }

  function row(item) {
    return make("p", { className: "task-steps" },
      item.fields.length ? button("edit", () => { mending = item.key; render(); }) : null,
      item.state === "refused" ? button("again", () => again(item)) : null,
      item.number ? make("a", { className: "button", href: `${document.body.dataset.home}records/${item.number}/`, textContent: Work.say("open") }) : null,
      button("delete", () => remove(item)));
  }

  async function again(item) {
    await Store.put({ ...item, state: "waiting", words: [], beside: {} });
    await render();
    await Work.flush();
    await render();
  }

  async function remove(item) {
    if (!(await Work.ask(Work.say("sure"), Work.say("yes_delete"), Work.say("cancel")))) return;
    await Store.drop(item.key);
    await Work.count();
    await render();
    said.focus();
  }

  /* The boxes of an item, made from what the phone kept of its form: they open without a network too. */
  function editor(item) {
    const form = make("form", { className: "work-form" });
    item.fields.forEach((field, place) => { if (field.type !== "hidden") form.append(box(field, `${item.key}-${place}`)); });
    const gone = item.photo ? make("label", { className: "tap tap-one" }, make("input", { type: "checkbox", name: "photo-gone" }), make("span", { textContent: Work.say("photo_gone") })) : null;
    if (gone) form.append(make("div", { className: "field" }, gone));
    const done = make("button", { type: "submit", className: "button button-main", textContent: Work.say("save") });
    form.append(make("p", { className: "send" }, done, button("cancel", () => { mending = ""; render(); })));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = item.fields.map((field, place) => ({ ...field, value: typed(form, field, `${item.key}-${place}`) }));
      const photo = form.elements["photo-gone"] && form.elements["photo-gone"].checked ? null : item.photo;
      await Store.put({ ...item, fields, photo, state: "waiting", words: [], beside: {} });
      mending = "";
      await render();
      await Work.flush();
      await render();
    });
    return form;
  }

  function box(field, id) {
    const around = make("div", { className: "field", lang: "zh-Hans" });
    if (field.type === "radio" || field.type === "checkbox") {
      const chosen = Array.isArray(field.value) ? field.value : [field.value];
      const taps = field.choices.map(([key, title]) => make("label", { className: "tap" },
        make("input", { type: field.type, name: id, value: key, checked: chosen.includes(key) }), make("span", { textContent: title })));
      const group = make("fieldset", { className: "field taps" }, make("legend", { textContent: field.label }), make("div", { className: "tap-row" }, ...taps));
      group.lang = "zh-Hans";
      return group;
    }
    around.append(make("label", { htmlFor: id, textContent: field.label }));
    if (field.choices.length) {
      const options = field.choices.map(([key, title]) => make("option", { value: key, textContent: title, selected: key === field.value }));
      around.append(make("select", { id, name: id }, ...options));
    } else if (field.type === "textarea") {
      around.append(make("textarea", { id, name: id, rows: 4, value: field.value }));
    } else {
      around.append(make("input", { id, name: id, type: field.type || "text", value: field.value }));
    }
    return around;
  }

  function typed(form, field, id) {
    if (field.type === "hidden") return field.value;
    const boxes = [...form.querySelectorAll(`[name="${id}"]`)];
    if (field.type === "checkbox") return boxes.filter((one) => one.checked).map((one) => one.value);
    if (field.type === "radio") return (boxes.find((one) => one.checked) || { value: "" }).value;
    return boxes[0].value;
  }

  async function render() {
    const items = await Store.all();
    list.replaceChildren(...items.map(card));
    all.hidden = !items.some((item) => item.state !== "refused");
    said.textContent = items.length ? Work.say("waiting", items.length) : Work.say("none");
  }

  said.tabIndex = -1;
  all.querySelector("button").addEventListener("click", async () => {
    said.textContent = Work.say("sending");
    await Work.flush();
    await render();
  });
  document.addEventListener("liren-flushed", () => { if (!mending) render(); });
  render().catch(() => { said.textContent = Work.say("no_store"); });
})();
