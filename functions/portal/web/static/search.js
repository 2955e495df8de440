// Search, fetched when somebody first searches: asks the site's own worker (Material's) and shows what it finds.
import { mark } from "./mark.js";
const box = document.getElementById("cari"), field = box.querySelector("input");
const told = box.querySelector("[role=status]"), list = box.querySelector("ol");
const offered = Object.assign(document.createElement("p"), { className: "muted", id: "cari-saran", hidden: true });
offered.append(told.dataset.meant, document.createElement("span"));
told.after(offered);
const MOST = 8, AROUND = 150;
let worker;

// Words are looked for within words too ("syarat" is in "persyaratan"): no rules of grammar are needed for that.
// What stands around a question ("apa", "yang") finds nothing of its own.
const EMPTY = new Set("apa apakah adalah bagaimana cara dan di ini itu kalau ke saya untuk yang dengan atau jika bila".split(" "));
const telling = (typed) => {
  const words = typed.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const left = words.filter((word) => !EMPTY.has(word));
  return left.length ? left : words;
};
export const query = (typed) => {
  return telling(typed)
    .map((word) => word.length < 4 ? `${word}* ${word}^4` : `*${word}* ${word}*^3 ${word}^4`).join(" ");
};

async function start() {
  const index = await (await fetch(box.dataset.index)).json();
  worker = new Worker(box.dataset.worker);
  worker.onerror = fail;
  await ask(0, { ...index, options: { suggest: true } });
}
let ready;
const prepared = () => ready ??= start().catch((problem) => { ready = undefined; throw problem; });

// One question at a time: answers do not say which they answer.
let turn = Promise.resolve();
const ask = (type, data) => turn = turn.then(() => new Promise((done) => {
  worker.onmessage = (event) => done(event.data);
  worker.postMessage({ type, data });
}));
const fail = () => { told.textContent = told.dataset.failed; };

// Paragraphs and points of a list are read apart.
const apart = (html) => html.replace(/<\/?(?:li|ol|p|pre|ul)\b/g, " $&");
const text = (html = "") => new DOMParser().parseFromString(apart(html), "text/html").body.textContent.replace(/\s+/g, " ").trim();
// The words around the first that was found.
function excerpt(html = "") {
  const before = text(html.split("<mark")[0]), whole = text(html);
  const from = before.length > AROUND / 2 ? whole.lastIndexOf(" ", before.length - AROUND / 3) + 1 : 0;
  return (from ? "… " : "") + whole.slice(from, from + AROUND) + (whole.length > from + AROUND ? " …" : "");
}

// Words of titles that begin as the last typed word does.
function suggest(words) {
  const last = field.value.toLowerCase().match(/[\p{L}\p{N}]*$/u)[0];
  const whole = new Set(words.map((word) => word.replace(/[^\p{L}\p{N}]+$/u, "")));
  const longer = [...whole].filter((word) => last.length > 1 && word.startsWith(last) && word !== last).slice(0, 4);
  offered.hidden = !longer.length;
  offered.querySelector("span").replaceChildren(...longer.map((word) => Object.assign(document.createElement("button"), {
    type: "button", className: "text-button", textContent: word,
    onclick: () => {
      field.value = field.value.slice(0, field.value.length - last.length) + word;
      field.focus();
      search().catch(fail);
    },
  })));
}

let latest = 0;
async function search() {
  const mine = ++latest, asked = query(field.value);
  if (!asked) { offered.hidden = true; told.textContent = told.dataset.hint; return list.replaceChildren(); }
  await prepared();
  const { data } = await ask(2, asked);
  if (mine !== latest) return;
  const found = data.items.slice(0, MOST);
  list.replaceChildren(...found.map((group) => {
    const best = group.reduce((a, b) => b.score > a.score ? b : a), page = group.find((each) => !each.parent) || best;
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `/${best.location}`;
    link.append(Object.assign(document.createElement("b"), { textContent: text(best.title) }));
    const where = best === page ? "" : `${text(page.title)}: `;
    link.append(Object.assign(document.createElement("span"), { textContent: where + excerpt(best.text) }));
    item.append(link);
    return item;
  }));
  mark(telling(field.value).filter((word) => word.length > 2), list);
  suggest(data.suggest || []);
  told.textContent = found.length ? told.dataset.found.replace("{n}", found.length)
    : told.dataset.none.replace("{q}", field.value.trim());
}

field.addEventListener("input", () => search().catch(fail));
box.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault(); // Enter goes to the first that was found
  box.querySelector("ol a")?.click();
});
box.querySelector("button").addEventListener("click", () => box.close());
list.addEventListener("click", () => {
  // The page it leads to marks them too (portal.js): kept in the tab, not in an address.
  sessionStorage.sought = JSON.stringify(telling(field.value).filter((word) => word.length > 2));
  box.close();
});

export function open() {
  told.textContent = told.dataset.hint;
  box.showModal();
  field.focus();
  field.select();
  (field.value ? search() : prepared()).catch(fail);
}
