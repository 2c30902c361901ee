// Lists of things to decide, by keyboard: J and K move, Enter accepts, E opens the correction, X the rejection; an answer
// is sent without leaving the page. Without script every button sends its form and comes back.
(() => {
  const lists = document.querySelectorAll("[data-keys]");
  if (!lists.length) return;
  const items = () => [...document.querySelectorAll("[data-keys] > .finding")];
  const here = () => document.querySelector("[data-keys] > .finding.here");

  function go(item) {
    if (!item) return;
    here()?.classList.remove("here");
    item.classList.add("here");
    item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "center" });
    const number = item.querySelector(".no").textContent;
    document.querySelector(".found.here")?.classList.remove("here");
    const lit = document.getElementById(`s-${number}`);
    lit?.classList.add("here");
    lit?.scrollIntoView({ block: "center" });
  }

  function step(by) {
    const all = items();
    const at = all.indexOf(here());
    go(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  function nextOpen() {
    const all = items();
    const at = all.indexOf(here());
    go([...all.slice(at + 1), ...all.slice(0, at + 1)].find((one) => "open" in one.dataset) ?? here());
  }

  async function send(form, button) {
    const body = new FormData(form);
    body.set("verdict", button.value);
    const item = form.closest(".finding");
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    const said = await answer.text();
    if (!answer.ok) {
      const error = item.querySelector(".error");
      error.textContent = answer.status === 422 ? said : form.dataset.failed || `${answer.status}`;
      error.hidden = false;
      return;
    }
    item.outerHTML = said;
    const left = document.getElementById("left");
    if (left) left.textContent = `${items().filter((one) => "open" in one.dataset).length}`;
    const fresh = document.getElementById(item.id);
    fresh.classList.add("here");
    nextOpen();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-decide]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    void send(form, event.submitter);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, button, summary, a")) return;
    const item = here();
    const act = { j: () => step(1), k: () => step(-1) }[event.key];
    if (act) { event.preventDefault(); act(); return; }
    if (!item) return;
    if (event.key === "Enter") {
      const button = item.querySelector("button[data-key=Enter]");
      if (button) { event.preventDefault(); button.click(); }
    }
    const fold = item.querySelector(`details[data-key="${event.key.toLowerCase()}"]`);
    if (fold) {
      event.preventDefault();
      fold.open = true;
      fold.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    }
  });

  go(items().find((one) => "open" in one.dataset));
})();
