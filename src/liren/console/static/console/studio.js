/* The studio without a page load: the preview follows the typing, and braces find figures. Works without. */
(() => {
  const form = document.querySelector("[data-studio]");
  const shown = document.querySelector("[data-shown]");
  if (!form || !shown) return;
  const text = form.querySelector("textarea");
  const list = form.querySelector("[data-figures]");
  const rows = [...list.querySelectorAll("tr[data-code]")];
  form.querySelector("[data-typing]").hidden = false;

  let waiting = 0;
  let asked = 0;
  const look = async () => {
    const turn = ++asked;
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      if (answer.ok && turn === asked) shown.innerHTML = await answer.text();
    } catch {
      /* No network: the preview stays as it was, the text is still in its box. */
    }
  };

  const put = (code, from) => {
    text.setRangeText(code, from, text.selectionStart, "end");
    text.focus();
    filter("");
    later();
  };
  const brace = () => {
    const before = text.value.slice(0, text.selectionStart);
    const at = before.lastIndexOf("{");
    const word = at < 0 ? "}" : before.slice(at + 1);
    return /[}\n|]/.test(word) ? null : { at, word };
  };
  const filter = (word) => {
    let first = true;
    for (const row of rows) {
      const fits = !word || row.textContent.includes(word);
      row.hidden = !fits;
      row.toggleAttribute("data-first", Boolean(word) && fits && first);
      first = first && !fits;
    }
    if (word) list.open = true;
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 700);
  };

  text.addEventListener("input", () => {
    const open = brace();
    filter(open ? open.word : "");
    later();
  });
  text.addEventListener("keydown", (event) => {
    const open = brace();
    const first = rows.find((row) => row.hasAttribute("data-first"));
    if (event.key !== "Tab" || event.shiftKey || !open || !open.word || !first) return;
    event.preventDefault();
    put(first.dataset.code, open.at);
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
    const lines = text.value.split("\n");
    const start = lines.slice(0, fault.dataset.line - 1).join("\n").length + (fault.dataset.line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[fault.dataset.line - 1] || "").length);
  });
})();
