// Keys, rows, confirmations, and parts of a page that renew themselves. Every page works without.
"use strict";

(() => {
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  const rows = () => [...document.querySelectorAll("[data-row]")];

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    next.querySelector("a, button").focus();
  }

  function press(name) {
    const target = document.querySelector(`[data-key="${name}"]`);
    if (target) target.click();
  }

  const keys = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
    j: () => step(1),
    k: () => step(-1),
    n: () => press("next"),
    p: () => press("previous"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // A row with one address leads there wherever it is clicked; what is marked is being copied.
  document.addEventListener("click", (event) => {
    const links = [...(event.target.closest("tr[data-row]")?.querySelectorAll("a") ?? [])];
    const own = event.target.closest("a, button, input, select, textarea, label, summary");
    if (own || String(window.getSelection())) return;
    if (new Set(links.map((link) => link.href)).size === 1) links[0].click();
  });

  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A part with data-renew is fetched anew every so many seconds, while the page is looked at and
  // nobody is typing in it.
  async function renew(part) {
    if (document.hidden || part.querySelector(":focus")) return;
    const answer = await fetch(part.dataset.renew, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceChildren(...fresh.childNodes);
    part.dispatchEvent(new Event("renewed", { bubbles: true }));
  }

  for (const part of document.querySelectorAll("[data-renew]")) {
    const seconds = Number(part.dataset.every || 5);
    setInterval(() => renew(part).catch(() => {}), seconds * 1000);
  }
})();
