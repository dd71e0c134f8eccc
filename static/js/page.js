// What every page does beyond plain HTML. Everything works without it, only less comfortably.
"use strict";
(() => {
  const words = document.getElementById("words").dataset;
  const root = document.documentElement;
  const say = (sentence, kind = "info") => {
    const notice = document.createElement("div");
    notice.className = `notice ${kind}`;
    const text = document.createElement("p");
    text.textContent = sentence;
    const holder = document.createElement("div");
    holder.append(text);
    notice.append(holder);
    document.getElementById("messages").replaceChildren(notice);
    notice.scrollIntoView({ block: "nearest" });
  };
  window.breachreg = { words, say };

  // Things that only a script can do are hidden without one (parts mark them; see parts.css).
  root.dataset.script = "on";

  // Theme: a cookie, so that the server prints it from then on.
  document.querySelectorAll("[data-theme-choice]").forEach((button) => button.addEventListener("click", () => {
    const choice = button.dataset.themeChoice;
    document.cookie = `theme=${choice};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
    if (choice === "auto") delete root.dataset.theme; else root.dataset.theme = choice;
    document.querySelectorAll("[data-theme-choice]").forEach((other) => other.toggleAttribute("aria-current", other === button));
    button.closest("details").open = false;
    button.closest("details").querySelector("summary").focus();
  }));

  // An open fold closes with Escape, and when the attention goes elsewhere.
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest("details.fold[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.fold[open]").forEach((fold) => { if (!fold.contains(event.target)) fold.open = false; });
  });
  document.addEventListener("focusin", (event) => {
    document.querySelectorAll("details.fold[open]").forEach((fold) => { if (!fold.contains(event.target)) fold.open = false; });
  });

  // Copy.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText("value" in source ? source.value : source.textContent);
      const before = button.innerHTML;
      button.textContent = words.copied;
      button.classList.add("copied");
      window.setTimeout(() => { button.innerHTML = before; button.classList.remove("copied"); }, 2000);
    } catch { say(words.copyFailed, "due"); }
  });

  // Put a text into a field, after what stands there, and go to the first gap that it leaves.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const field = document.querySelector(button.dataset.into);
    const text = document.querySelector(button.dataset.insert).textContent;
    const before = field.value.trimEnd();
    field.value = before ? `${before}\n\n${text}` : text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    const gap = field.value.indexOf("[…]", before.length);
    if (gap >= 0) field.setSelectionRange(gap, gap + 3);
  });

  // Print.
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  // Ask before a form that says so.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
  }, true);
  const ask = (form, submitter) => {
    const dialog = document.createElement("dialog");
    dialog.className = "confirm";
    const title = document.createElement("h2");
    title.id = "confirm-title";
    title.textContent = form.dataset.confirm;
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.append(title);
    if (form.dataset.explanation) { const p = document.createElement("p"); p.textContent = form.dataset.explanation; dialog.append(p); }
    const actions = document.createElement("form");
    actions.method = "dialog";
    actions.className = "actions";
    const yes = Object.assign(document.createElement("button"), { className: "btn btn-primary", value: "yes", textContent: submitter ? submitter.textContent.trim() : words.confirm });
    const no = Object.assign(document.createElement("button"), { className: "btn btn-secondary", value: "no", textContent: words.cancel });
    actions.append(yes, no);
    dialog.append(actions);
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue === "yes") { form.dataset.confirmed = "yes"; form.requestSubmit(submitter || undefined); delete form.dataset.confirmed; }
      else if (submitter) submitter.focus();
    });
    dialog.showModal();
    no.focus();
  };

  // Parts that refresh (htmx): say what went wrong, keep what was typed, give the focus back.
  let focused = "";
  const nameOf = (element) => element.id ? `#${CSS.escape(element.id)}` : element.hasAttribute("href") ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    const inside = event.detail.target.contains(document.activeElement);
    focused = inside ? nameOf(document.activeElement) : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    const target = focused && document.querySelector(focused);
    if (target && document.activeElement !== target) target.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:sendError", () => say(words.lost, "late"));
  document.addEventListener("htmx:timeout", () => say(words.lost, "late"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    if (answer.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
    // A session that ended answers with the whole sign-in page: never put that into a part of this one.
    if (answer.responseURL && new URL(answer.responseURL).pathname.includes("/login")) { event.detail.shouldSwap = false; say(words.expired, "late"); }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(status === 401 ? words.expired : status === 403 ? words.refused : words.failed, "late");
  });
})();
