// Runs before the page is painted: applies the light the reader chose, or else the one the device asks for.
// The theme's own script reads and writes through the functions below. Only a choice is kept, so that a page nobody
// has touched follows the device when evening comes.
(() => {
  const root = new URL("..", document.currentScript.src);
  window.__md_scope = root;
  window.__md_get = (key, store = localStorage, base = root) => {
    try {
      return JSON.parse(store.getItem(base.pathname + "." + key));
    } catch {
      return null;
    }
  };
  window.__md_set = (key, value, store = localStorage, base = root) => {
    if (key === "__palette" && !chosen) return;
    try {
      store.setItem(base.pathname + "." + key, JSON.stringify(value));
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  };

  const options = [...document.getElementsByName("__palette")];
  const asked = () => options.find((option) => matchMedia(option.dataset.mdColorMedia).matches);
  const kept = window.__md_get("__palette");
  let chosen = Boolean(kept);
  let following = false;
  const option = kept ? options[kept.index] : asked();
  if (option) document.body.dataset.mdColorScheme = option.dataset.mdColorScheme;

  document.addEventListener("change", (event) => {
    if (event.target.name === "__palette" && !following) chosen = true;
  }, true);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (chosen) return;
    following = true;
    asked()?.click();
    following = false;
  });
})();
