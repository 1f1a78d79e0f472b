/* The studio without a page load: the preview follows the typing, and a brace offers figures. Works without. */
(() => {
  const form = document.querySelector("[data-studio]");
  const shown = document.querySelector("[data-shown]");
  if (!form || !shown) return;
  const MOST = 8;
  const text = form.querySelector("textarea");
  const list = form.querySelector("[data-figures]");
  const offer = form.querySelector("[data-offer]");
  const found = form.querySelector("[data-found]");
  const told = document.querySelector("[data-told]");
  const names = [...list.querySelectorAll("tr[data-code]")].map((row) => {
    const [code, title, value] = [...row.cells].map((cell) => cell.textContent.trim());
    return { code, title, value, sought: `${code} ${title}`.toLowerCase() };
  });

  /* The preview */
  let waiting = 0;
  let asked = 0;
  const say = (words) => {
    if (told.textContent !== words) told.textContent = words;
  };
  const look = async () => {
    const turn = ++asked;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), redirect: "manual" });
      const page = answer.ok ? await answer.text() : "";
      if (turn !== asked) return;
      if (answer.ok) shown.innerHTML = page;
      say(answer.ok ? "" : told.dataset.out);
    } catch {
      if (turn === asked) say(told.dataset.lost);
    }
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 700);
  };

  /* What a brace offers: the cursor stays in the text, the marked line is told to screen readers. */
  let fitting = [];
  let marked = 0;
  const brace = () => {
    const before = text.value.slice(0, text.selectionStart);
    const at = before.lastIndexOf("{");
    const word = at < 0 ? "}" : before.slice(at + 1);
    return /[}\n|]/.test(word) ? null : { at, word };
  };
  const close = () => {
    fitting = [];
    offer.hidden = true;
    offer.replaceChildren();
    text.removeAttribute("aria-activedescendant");
  };
  const mark = (which) => {
    marked = (which + fitting.length) % fitting.length;
    [...offer.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === marked)));
    text.setAttribute("aria-activedescendant", `offer-${marked}`);
    const { title, code } = fitting[marked];
    found.textContent = found.dataset.some.replace("{n}", fitting.length).replace("{one}", `${title} ${code}`);
  };
  const line = ({ code, title, value }, n) => {
    const made = document.createElement("li");
    made.id = `offer-${n}`;
    made.setAttribute("role", "option");
    for (const [tag, words, lang] of [["code", code, ""], ["span", title, "zh-Hans"], ["span", value, "zh-Hans"]]) {
      const part = document.createElement(tag);
      part.textContent = words;
      if (lang) part.lang = lang;
      made.append(part);
    }
    return made;
  };
  const propose = () => {
    const open = brace();
    if (!open) {
      found.textContent = "";
      return close();
    }
    const word = open.word.toLowerCase();
    fitting = names.filter((one) => one.sought.includes(word)).slice(0, MOST);
    if (!fitting.length) {
      close();
      found.textContent = found.dataset.none;
      return;
    }
    offer.replaceChildren(...fitting.map(line));
    offer.hidden = false;
    mark(0);
  };
  const put = (code, from) => {
    const end = text.selectionEnd + (code.endsWith(text.value[text.selectionEnd]) ? 1 : 0);
    text.setRangeText(code, from, end, "end");
    text.focus();
    close();
    later();
  };
  const take = (which) => put(fitting[which].code, brace().at);
  const KEYS = {
    ArrowDown: () => mark(marked + 1),
    ArrowUp: () => mark(marked - 1),
    Enter: () => take(marked),
    Tab: () => take(marked),
    Escape: close,
  };

  if (!text.readOnly) {
    form.querySelector("[data-typing]").hidden = false;
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-controls", offer.id);
  }
  text.addEventListener("input", () => {
    propose();
    later();
  });
  text.addEventListener("keydown", (event) => {
    if (offer.hidden || event.isComposing || event.shiftKey || event.ctrlKey || event.altKey) return;
    if (KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    } else if (/^(Arrow|Home|End|Page)/.test(event.key)) close();
  });
  text.addEventListener("blur", close);
  text.addEventListener("click", close);
  offer.addEventListener("pointerdown", (event) => event.preventDefault()); /* the cursor stays where it is */
  offer.addEventListener("click", (event) => {
    const chosen = [...offer.children].indexOf(event.target.closest("li"));
    if (chosen >= 0) take(chosen);
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-code]");
    if (!row || event.target.closest("a") || text.readOnly) return;
    const open = brace();
    put(row.dataset.code, open ? open.at : text.selectionStart);
  });
  shown.addEventListener("click", (event) => {
    const fault = event.target.closest("[data-line]");
    if (!fault) return;
    event.preventDefault();
    const lines = text.value.split("\n");
    const start = lines.slice(0, fault.dataset.line - 1).join("\n").length + (fault.dataset.line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[fault.dataset.line - 1] || "").length);
  });
})();
