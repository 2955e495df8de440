// Comfort only: pages work without this file. Sentences come from data attributes.
const doc = document;
const all = (selector, within = doc) => [...within.querySelectorAll(selector)];
const one = (selector, within = doc) => within.querySelector(selector);
const on = (type, selector, act) => doc.addEventListener(type, (event) => {
  const found = event.target.closest(selector);
  if (found) act(found, event);
});
const say = (text) => { one("[data-live]").textContent = text; };
const cardOf = (form) => form.closest("[data-card]");
let running = 0;

// Straight to the store; then the portal checks it and answers with the card anew.
function upload(form) {
  const input = one("[type=file]", form), file = input.files[0], data = form.dataset;
  if (!file) return fail(form, data.errorEmpty);
  if (!file.size) return fail(form, data.errorBlank);
  if (file.size > data.maxBytes) return fail(form, data.errorSize);
  if (file.type && !input.accept.split(",").includes(file.type)) return fail(form, data.errorType);
  if (form.request) form.request.abort();
  const request = form.request = new XMLHttpRequest();
  const failed = (why) => { running--; fail(form, why.trim?.() || data.errorNetwork); };
  const finish = () => answer(form, file.name).catch(failed);
  let spoken = 0;
  const progress = (percent) => {
    const text = show(form, data.uploading.replace("{n}", percent), percent);
    if (percent >= spoken) { say(text); spoken += 25; }
  };
  request.upload.onprogress = (event) => progress(Math.floor(event.loaded / event.total * 100));
  request.upload.onload = () => say(show(form, data.checking, 100));
  // What the store answers may be unreadable here (it sends on to a page, which a script may not follow from another
  // origin): whether the file has arrived, the portal knows.
  request.onload = () => {
    const why = request.status > 399 && refusal(parse(request.response));
    why ? failed(why) : finish();
  };
  request.onerror = finish;
  request.onabort = () => running--;
  running++;
  one(".error", cardOf(form)).hidden = true;
  progress(0);
  request.open("POST", form.action);
  if (form.action.startsWith(location.origin + "/")) request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.send(new FormData(form));
}

const parse = (text) => new DOMParser().parseFromString(text, "text/html");
const refusal = (page) => all("main h1, main .lead", page).map((p) => p.textContent).join(". ");

async function answer(form, name) {
  const card = cardOf(form);
  const reply = await fetch(form.dataset.finish, {
    method: "POST", body: new URLSearchParams({ csrf: form.dataset.csrf, name }),
    headers: { "X-Requested-With": "XMLHttpRequest" },
  });
  const page = parse(await reply.text()), fresh = page.getElementById(card.id);
  if (!fresh) throw refusal(page);
  const said = fresh.dataset.announce, focused = card.contains(doc.activeElement);
  const next = all("[data-card]", page).filter((more) => more !== fresh && !doc.getElementById(more.id));
  card.replaceWith(fresh, ...next);
  running--;
  if (focused) fresh.focus();
  say(said);
}

function show(form, text, percent = 0) {
  const word = one("[data-state]", cardOf(form)), bar = one("progress", form);
  form.idle = form.idle || word.textContent;
  bar.hidden = !text;
  bar.value = percent;
  return word.textContent = text || form.idle;
}

function fail(form, sentence) {
  const line = one(".error", cardOf(form));
  show(form);
  one("[type=file]", form).value = "";
  one("[data-error]", line).textContent = sentence;
  line.hidden = false;
  say(sentence);
}

on("change", "[data-upload] [type=file]", (input) => input.files[0] && upload(input.form));
on("submit", "[data-upload]", (form, event) => { event.preventDefault(); upload(form); });
addEventListener("beforeunload", (event) => running && event.preventDefault());

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
doc.addEventListener("click", ({ target }) => { if (!menu.contains(target)) menu.open = false; });
doc.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !menu.open) return;
  menu.open = false;
  one("summary", menu).focus();
});
menu.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
});

// A busy portal is asked again for an image.
doc.addEventListener("error", ({ target }) => {
  target.again ||= target.src && setTimeout(() => target.src = target.src, 3000);
}, true);

doc.documentElement.classList.add("js");
const offered = "[data-print], [data-copy]" + (navigator.share ? ", [data-share]" : "");
all(offered).forEach((button) => { button.hidden = false; });
all("[data-focus]").forEach((box) => {
  box.focus();
  // Coming back here asks for the page anew, instead of asking whether to send the mistakes once more.
  history.replaceState(history.state, "", location.href);
});
reveal();
