// Before the first paint: the light that was chosen with the switch in the bar, on site and forms alike; before that the
// device's. The attribute is the one that Material puts on its pages.
{
  const { documentElement: root } = document, { dataset } = root, turns = ["device", "default", "slate"];
  let light;
  const show = () => {
    try { light = localStorage.light || light; } catch (e) { /* chosen for this page */ }
    dataset.light = light = turns.includes(light) ? light : "device";
    dataset.mdColorScheme = light;
    if (light === "device") delete dataset.mdColorScheme;
    const button = document.querySelector("[data-turns]");
    button?.setAttribute("aria-label", button.dataset.turns.split("|")[turns.indexOf(light)]);
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-turns]");
    if (!button) return;
    light = turns[(turns.indexOf(light) + 1) % turns.length];
    try { localStorage.light = light; } catch (e) { /* chosen for this page */ }
    show();
    document.querySelector("[data-live]").textContent = button.getAttribute("aria-label");
  });
  document.addEventListener("DOMContentLoaded", show);
  addEventListener("storage", show);
  addEventListener("pageshow", show);
  show();
  // Material's script puts the same classes on the page later, for which the page is looked at once more.
  if (root.classList.replace("no-js", "js")) root.classList.add("js-focus-visible");
}
