// Counts on what the server printed. It starts from the server's instant and adds the time that passed here,
// so a device whose clock or zone is wrong still shows the right hours.
"use strict";
(() => {
  const loaded = Date.now();
  const tick = () => document.querySelectorAll("[data-clock]").forEach((clock) => {
    const now = Date.parse(clock.dataset.at) + (Date.now() - (Number(clock.dataset.loaded) || loaded));
    const left = Date.parse(clock.dataset.due) - now;
    const minutes = Math.floor(Math.abs(left) / 60000);
    const hoursPlace = clock.querySelector("[data-hours]");
    if (!hoursPlace) return;
    if (left <= 0) {
      hoursPlace.textContent = "0";
      clock.querySelector("[data-minutes]").textContent = "00";
      clock.classList.add("late");
      const over = clock.querySelector("[data-over]");
      if (over) over.hidden = false;
      return;
    }
    hoursPlace.textContent = String(Math.floor(minutes / 60));
    clock.querySelector("[data-minutes]").textContent = String(minutes % 60).padStart(2, "0");
  });
  document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll?.("[data-clock]").forEach((clock) => { clock.dataset.loaded = Date.now(); }));
  window.addEventListener("pageshow", tick);
  document.addEventListener("visibilitychange", tick);
  window.setInterval(tick, 5000);
})();
