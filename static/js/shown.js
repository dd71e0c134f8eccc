// A question that matters only after certain answers to others (any of them) is folded away until then. Without script it stays.
"use strict";
(() => {
  const conditional = [...document.querySelectorAll("[data-shown-when]")];
  const question = (control) => control.closest(".question");
  const answers = (name) => {
    const controls = [...document.querySelectorAll(`[name="${name}"]`)];
    return controls.filter((one) => !["checkbox", "radio"].includes(one.type) || one.checked).map((one) => one.value);
  };
  const holds = (condition) => {
    const [name, code] = condition.split(":");
    const said = answers(name);
    return code ? said.includes(code) : said.includes("yes");
  };
  const typed = (control) => {
    const inside = [...question(control).querySelectorAll("input, textarea, select")];
    return inside.some((one) => (["checkbox", "radio"].includes(one.type) ? one.checked && one.value !== "unknown" && one.value !== "" : one.value !== ""));
  };
  const fold = () => conditional.forEach((control) => {
    question(control).hidden = !control.dataset.shownWhen.split(" ").some(holds) && !typed(control);
  });
  document.addEventListener("change", fold);
  fold();
})();
