// What was typed is not lost: a warning before leaving, a draft on this device, one submission for one press.
"use strict";
(() => {
  const { words } = window.breachreg;
  const PREFIX = "breachreg:draft:";
  const person = document.body.dataset.person || "";
  const drafts = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  const forget = (keep) => drafts().filter((key) => !keep || !keep(key)).forEach((key) => localStorage.removeItem(key));
  const mine = `${PREFIX}${person}:`;

  // A shared machine: another person's drafts go as soon as somebody else is here, and all of them at sign-out.
  if (person) forget((key) => key.startsWith(mine));
  document.querySelectorAll("form[data-forget]").forEach((form) => form.addEventListener("submit", () => forget()));
  // A page that follows a success names the drafts that are no longer needed.
  document.querySelectorAll("[data-saved]").forEach((element) => forget((key) => !key.startsWith(`${mine}${element.dataset.saved}:`)));

  // The page that answers a form drops its draft. It stays when the sign-in page came, an error page, the form again, or
  // nothing at all: then it is offered the next time.
  const SENT = "breachreg:sent";
  const settle = () => {
    const sent = JSON.parse(sessionStorage.getItem(SENT) || "null");
    if (!sent) return;
    sessionStorage.removeItem(SENT);
    const isAnswer = document.referrer === sent.page && performance.getEntriesByType("navigation")[0]?.type !== "back_forward";
    const hasFailed = !person || document.querySelector("main [data-failed], .error-summary");
    if (isAnswer && !hasFailed) localStorage.removeItem(sent.key);
  };
  settle();
  // A draft that nobody came back for is not kept for ever.
  const A_WEEK = 7 * 24 * 3600 * 1000;
  drafts().forEach((key) => { if (Date.now() - (JSON.parse(localStorage.getItem(key))?.at || 0) > A_WEEK && key.startsWith(mine)) localStorage.removeItem(key); });

  // The error summary takes the focus, so that it is read first and its links are next.
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
  // Its links lead to the control itself.
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".error-summary a");
    const control = link && document.getElementById(link.hash.slice(1));
    if (control) { event.preventDefault(); control.scrollIntoView({ block: "center" }); control.focus({ preventScroll: true }); }
  });

  // Typing an answer unticks "Not known yet".
  document.addEventListener("input", (event) => {
    const answer = event.target.closest(".answer");
    const box = answer && answer.parentElement.querySelector(".not-known input");
    if (box && box.checked) { box.checked = false; }
  });

  const skipped = (field) => !field.name || field.disabled || ["file", "password", "submit", "button"].includes(field.type) || ["csrfmiddlewaretoken", "version", "submission"].includes(field.name);
  const read = (form) => {
    const values = {};
    for (const field of form.elements) {
      if (skipped(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") (values[field.name] ||= []).push(...(field.checked ? [field.value] : []));
      else if (field.multiple) values[field.name] = [...field.selectedOptions].map((option) => option.value);
      else values[field.name] = [field.value];
    }
    return values;
  };
  const write = (form, values) => {
    for (const field of form.elements) {
      if (skipped(field) || !(field.name in values)) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = values[field.name].includes(field.value);
      else if (field.multiple) [...field.options].forEach((option) => { option.selected = values[field.name].includes(option.value); });
      else field.value = values[field.name][0] ?? "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
  const clock = (moment) => new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

  // When a file answers a form the page stays. A cookie says that the file left; what is ordered then is another order.
  const whenFileLeft = (form, again) => {
    const order = form.elements.submission;
    const watch = window.setInterval(() => {
      if (!document.cookie.includes(`file_left=${order.value}`)) return;
      window.clearInterval(watch);
      const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
      order.value = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
      again();
      document.body.dispatchEvent(new CustomEvent("file-left"));
    }, 400);
  };

  const guard = (form) => {
    let first = JSON.stringify(read(form));
    const name = form.dataset.keep || new URL(form.action, location.href).pathname;
    const key = "noDraft" in form.dataset ? "" : `${mine}${name}:${form.elements.version ? form.elements.version.value : ""}`;
    const note = form.querySelector("[data-kept-note]");
    const hasErrors = Boolean(form.querySelector(".error-summary"));
    let sending = false;
    let timer = 0;
    const changed = () => hasErrors || JSON.stringify(read(form)) !== first;
    const keep = () => {
      if (!key || sending || !changed()) return;
      try {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: read(form) }));
        if (note) note.textContent = words.kept.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" }));
      } catch { /* The device is full or forbids it: the warning before leaving is still there. */ }
    };
    form.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(keep, 600); });
    form.addEventListener("change", () => { window.clearTimeout(timer); timer = window.setTimeout(keep, 600); });
    window.addEventListener("pagehide", keep);
    window.addEventListener("beforeunload", (event) => { if (!sending && changed()) { keep(); event.preventDefault(); } });
    form.addEventListener("submit", (event) => {
      if (sending) { event.preventDefault(); return; }
      keep();
      if (key) sessionStorage.setItem(SENT, JSON.stringify({ key, page: location.href.split("#")[0] }));
      sending = true;
      const button = event.submitter || form.querySelector("button:not([type=button])");
      if (button) button.setAttribute("aria-busy", "true");
      if ("givesFile" in form.dataset) whenFileLeft(form, () => { sending = false; first = JSON.stringify(read(form)); if (button) button.removeAttribute("aria-busy"); });
    });
    // Back from the browser's own store of pages: the form may be sent again.
    window.addEventListener("pageshow", (event) => { if (event.persisted) { sending = false; form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy")); } });
    if (key && !hasErrors) offer(form, key, first);
  };

  const offer = (form, key, first) => {
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    if (!kept) return;
    if (JSON.stringify(kept.values) === first) { localStorage.removeItem(key); return; }
    const notice = document.createElement("div");
    notice.className = "notice unknown";
    const inside = document.createElement("div");
    const title = document.createElement("p");
    title.className = "notice-title";
    title.textContent = words.restoreTitle.replace("{time}", clock(kept.at));
    const actions = document.createElement("div");
    actions.className = "actions";
    const back = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary", textContent: words.restore });
    const away = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary", textContent: words.discard });
    back.addEventListener("click", () => { write(form, kept.values); title.textContent = words.restored; actions.remove(); title.tabIndex = -1; title.focus(); });
    away.addEventListener("click", () => { localStorage.removeItem(key); notice.remove(); document.getElementById("main").focus(); });
    actions.append(back, away);
    inside.append(title, actions);
    notice.append(inside);
    form.prepend(notice);
  };

  const start = (within) => within.querySelectorAll("form[data-guard]:not([data-guarded])").forEach((form) => { form.dataset.guarded = "yes"; guard(form); });
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt.parentElement || document));
})();
