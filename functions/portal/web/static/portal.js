// Comfort only: pages work without this file. Sentences come from data attributes.
const doc = document;
const all = (selector, within = doc) => [...within.querySelectorAll(selector)];
const one = (selector, within = doc) => within.querySelector(selector);
const on = (type, selector, act) => doc.addEventListener(type, (event) => {
  const found = event.target.closest(selector);
  if (found) act(found, event);
});
const say = (text) => { one("[data-live]").textContent = text; };
const parse = (text) => new DOMParser().parseFromString(text, "text/html");
export { all, on, one, parse, say };

// Where documents are sent from here, with a bar, several at once, and again. Without it the forms are as without scripts.
if (one("[data-upload]")) import("./upload.js").catch(() => doc.documentElement.classList.remove("js"));

on("submit", "[data-once]", (form, event) => {
  if (form.sending) return event.preventDefault();
  form.sending = true;
  const button = event.submitter;
  if (!button || !button.dataset.sending) return;
  button.label = button.textContent;
  say(button.textContent = button.dataset.sending);
  button.setAttribute("aria-disabled", "true");
});
addEventListener("pageshow", () => {
  all("[data-once]").forEach((form) => { form.sending = false; });
  all("[aria-disabled]").forEach((button) => {
    button.removeAttribute("aria-disabled");
    button.textContent = button.label;
  });
});

on("click", "[data-copy]", async (button) => {
  const node = one(button.dataset.copy);
  getSelection().selectAllChildren(node);
  try { await navigator.clipboard.writeText(node.textContent); } catch (e) { doc.execCommand("copy"); }
  say(button.textContent = button.dataset.copied);
});
on("click", "[data-share]", (button) => navigator.share({ text: button.dataset.share }).catch(() => {}));
on("click", "[data-print]", () => print());

const reveal = () => all("[data-show-if]").forEach((box) => {
  const given = new FormData(box.closest("form")).getAll(box.dataset.showIf);
  box.hidden = !box.dataset.showValues.split("|").some((value) => given.includes(value));
  all("[name]", box).forEach((input) => { input.disabled = box.hidden; });
});
doc.addEventListener("change", reveal);

// Who comes back to the empty first form has begun a draft from it: what was typed is there. The tab remembers the draft's
// address, which opens nothing by itself.
const path = location.pathname, draft = path.match(/^\/ajukan\/[0-9a-f]{32}(?=\/)/);
if (draft) sessionStorage.draft = draft[0];
if (draft && path.endsWith("/terkirim")) sessionStorage.removeItem("draft");
addEventListener("pageshow", ({ persisted }) => {
  const back = persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (back && sessionStorage.draft && /^\/ajukan(\/orang-lain)?$/.test(path)) location.replace(`${sessionStorage.draft}/data`);
});

// What was typed on a page of the form and not sent yet outlives a reload, in this tab and as long as the page is up to date.
const typing = one("form[data-typed]");
if (typing) {
  const mark = path + typing.dataset.typed, kept = JSON.parse(sessionStorage.typed || "{}");
  const fields = [...typing.elements].filter((field) => field.name && !/hidden|submit/.test(field.type));
  if (kept.mark === mark) fields.forEach((field) => {
    const said = kept.said.filter(([name]) => name === field.name).map(([, value]) => value);
    if (/radio|checkbox/.test(field.type)) field.checked = said.includes(field.value);
    else if (said.length) field.value = said[0];
  });
  typing.addEventListener("input", () => {
    const names = fields.map((field) => field.name);
    const said = [...new FormData(typing)].filter(([name]) => names.includes(name));
    sessionStorage.typed = JSON.stringify({ mark, said });
  });
} else sessionStorage.removeItem("typed");

const make = (within, tag, values) => within.appendChild(Object.assign(doc.createElement(tag), values));
on("click", "[data-pages]", (link, event) => {
  const list = link.closest("[data-viewer]");
  if (!window.HTMLDialogElement || event.ctrlKey) return;
  event.preventDefault();
  const box = make(doc.body, "dialog", { className: "viewer", ariaLabel: list.dataset.viewer });
  make(box, "button", { className: "button", textContent: list.dataset.close, onclick: () => box.close() });
  const strip = make(box, "div", { className: "strip" });
  let first;
  for (const other of all("[data-pages]", list)) other.dataset.pages.split(" ").forEach((src, index, pages) => {
    const alt = other.dataset.caption.replace("{n}", index + 1).replace("{m}", pages.length);
    const figure = make(strip, "figure", { tabIndex: 0 });
    make(figure, "img", { loading: "lazy", src, alt });
    make(figure, "figcaption", { textContent: alt });
    if (other === link && !index) first = figure;
  });
  // Back closes it and stays on the page; closed otherwise, it takes its own entry of the history along.
  const back = () => box.close();
  box.onclose = () => {
    removeEventListener("popstate", back);
    if (history.state?.viewer) history.back();
    box.remove();
    link.focus();
  };
  history.pushState({ viewer: true }, "");
  addEventListener("popstate", back);
  box.showModal();
  strip.scrollLeft = first.offsetLeft;
});

// Search comes when it is first asked for; the menu closes when one turns away from it.
on("click", "[data-find]", () => import("./search.js").then((search) => search.open()));
const menu = one(".menu");
// On a narrow page of the site, Menu opens the drawer, which knows what the page holds as well.
// As long as it is open nothing else can be reached; what closes it (also a touch beside it) leads back to Menu.
const drawer = one("#__drawer"), sheet = one(".md-sidebar--primary"), broad = matchMedia("(min-width: 76.25em)");
const slide = (open) => {
  if (drawer.checked === open) return;
  drawer.checked = open;
  drawer.dispatchEvent(new Event("change", { bubbles: true }));
};
drawer?.addEventListener("change", ({ target: { checked } }) => {
  all("header.bar, .skip, .md-content, .md-sidebar--secondary, .foot").forEach((each) => { each.inert = checked; });
  const said = { role: "dialog", "aria-modal": "true", "aria-label": one("nav", sheet).getAttribute("aria-label") };
  for (const name in said) checked ? sheet.setAttribute(name, said[name]) : sheet.removeAttribute(name);
  checked ? one("[data-shut]", sheet).focus() : broad.matches || one(".menu summary").focus();
});
on("click", ".menu summary", (summary, event) => {
  if (!sheet || broad.matches) return;
  event.preventDefault();
  slide(true);
});
on("click", "[data-shut], .md-sidebar--primary a[href*='#']", () => drawer && slide(false));
broad.addEventListener?.("change", () => sheet && slide(false));
doc.addEventListener("click", ({ target }) => { if (!menu.contains(target)) menu.open = false; });
doc.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && drawer?.checked) slide(false);
  if (key !== "Escape" || !menu.open) return;
  menu.open = false;
  one("summary", menu).focus();
});
menu.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
});

// What one searched for is marked on the page that the search led to.
const sought = sessionStorage.sought, article = one(".md-content article");
sessionStorage.removeItem("sought");
if (sought && article) import("./mark.js").then(({ mark }) => mark(JSON.parse(sought), article));

// A busy portal is asked again for an image.
doc.addEventListener("error", ({ target }) => {
  target.again ||= target.src && setTimeout(() => target.src = target.src, 3000);
}, true);

doc.documentElement.classList.add("js");
const offered = "[data-print], [data-copy]" + (navigator.share ? ", [data-share]" : "");
all(offered).forEach((button) => { button.hidden = false; });
all("[data-focus]").forEach((box) => box.focus());
// Coming back to what answered a form asks for the page anew, instead of asking whether to send the form once more.
if ("posted" in doc.documentElement.dataset) history.replaceState(history.state, "", location.href);
reveal();
