// Documents on their way: shrunk, sent, checked, and tried again. The forms work without this file; sentences come from
// data attributes.
import { all, on, one, parse, say } from "./portal.js";

const SIDE = 2600, LEAST = 400, SMALL = 1000000, TRIES = 200, ABORTED = Symbol();
const cardOf = (form) => form.closest("[data-card]");
const pause = (seconds) => new Promise((over) => setTimeout(over, seconds * 1000));
const refusal = (page) => all("main h1, main .lead", page).map((p) => p.textContent).join(". ");
let running = 0;

// Of a large picture what the portal would keep anyway; the file itself wherever that cannot be had.
async function shrunk(file) {
  if (!file.type.startsWith("image/") || file.size <= SMALL) return file;
  try {
    const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, SIDE / Math.max(whole.width, whole.height));
    if (share * Math.min(whole.width, whole.height) < LEAST) return file;
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(whole.width * share), height: Math.round(whole.height * share),
    });
    const pen = canvas.getContext("2d");
    Object.assign(pen, { fillStyle: "#fff", imageSmoothingQuality: "high" }).fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    const small = await new Promise((made) => canvas.toBlob(made, "image/jpeg", 0.88));
    return small && small.size < file.size ? small : file;
  } catch (e) {
    return file;
  }
}

// Several photos go one after the other: the first in the place of what is there, or beside it, the others beside that.
async function upload(form, files) {
  const { dataset: data } = form, input = one("[type=file]", form);
  const accepted = (type) => input.accept.split(",").some((kind) => type === kind || kind === "image/*" && type.startsWith("image/"));
  if (!files.length) return fail(form, data.errorEmpty);
  if (files.some((file) => !file.size)) return fail(form, data.errorBlank);
  if (files.some((file) => file.type && !accepted(file.type))) return fail(form, data.errorType);
  if (files.some((file) => file.type === "application/pdf" && file.size > data.maxBytes)) return fail(form, data.errorSize);
  if (form.request) form.request.abort();
  const left = [...files], many = files.length;
  running++;
  one(".error", cardOf(form)).hidden = true;
  one("[data-retry]", form).hidden = true;
  try {
    while (left.length) {
      const among = many > 1 ? data.among.replace("{n}", many - left.length + 1).replace("{m}", many) : "";
      await send(form, await shrunk(left[0]), left[0].name, among);
      const fresh = await answer(form, left[0].name);
      left.shift();
      if (!left.length || !one(".error", fresh).hidden) break;
      form = one("[data-adds]", fresh);
      if (!form) break;
    }
  } catch (why) {
    if (why !== ABORTED) fail(form, why.trim?.() || data.errorNetwork, why.trim ? [] : left);
  } finally {
    running--;
  }
}

// Straight to the store. What that answers may be unreadable here (it sends on to a page, which a script may not follow
// from another origin): whether the file has arrived, the portal knows.
const send = (form, file, name, among) => new Promise((sent, failed) => {
  const request = form.request = new XMLHttpRequest(), data = form.dataset, body = new FormData(form);
  let spoken = 0;
  const progress = (percent) => {
    const text = show(form, among + data.uploading.replace("{n}", percent), percent);
    if (percent >= spoken) { say(text); spoken += 25; }
  };
  body.set("file", file, name);
  request.upload.onprogress = (event) => progress(Math.floor(event.loaded / event.total * 100));
  request.upload.onload = () => say(show(form, among + data.checking, 100));
  request.onload = () => {
    const why = request.status > 399 && refusal(parse(request.response));
    why ? failed(why) : sent();
  };
  request.onerror = sent;
  request.onabort = () => failed(ABORTED);
  progress(0);
  request.open("POST", form.action);
  if (form.action.startsWith(location.origin + "/")) request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.send(body);
});

// The portal checks it, and answers with the card anew; or with how many are before it, and when to ask again.
async function answer(form, name) {
  const { finish, csrf } = form.dataset, mine = form.request;
  let reply, page, told;
  for (let tries = 0; ; tries++) {
    reply = await fetch(finish, {
      method: "POST", body: new URLSearchParams({ csrf, name }), headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    if (form.request !== mine) throw ABORTED;
    const again = reply.headers.get("Retry-After"), text = await reply.text();
    page = parse(text);
    if (!again || tries > TRIES || one("[data-card]", page)) break;
    if (/^text\/plain/.test(reply.headers.get("Content-Type")) && text !== told) say(show(form, told = text, 100));
    await pause(again);
  }
  const card = cardOf(form), fresh = page.getElementById(card.id);
  if (!fresh) throw refusal(page);
  const said = fresh.dataset.announce, focused = card.contains(document.activeElement);
  const next = all("[data-card]", page).filter((more) => more !== fresh && !document.getElementById(more.id));
  card.replaceWith(fresh, ...next);
  [fresh, ...next].forEach(prepare);
  if (focused) fresh.focus();
  say(said);
  return fresh;
}

function show(form, text, percent = 0) {
  const word = one("[data-state]", cardOf(form)), bar = one("progress", form);
  form.idle = form.idle || word.textContent;
  bar.hidden = !text;
  bar.value = percent;
  return word.textContent = text || form.idle;
}

// What was chosen and has not arrived is kept, for a button that sends it again; once the network is back, by itself.
function fail(form, sentence, left = []) {
  const line = one(".error", cardOf(form)), retry = one("[data-retry]", form);
  show(form);
  form.left = left;
  retry.hidden = !left.length;
  if (!left.length) one("[type=file]", form).value = "";
  one("[data-error]", line).textContent = sentence;
  line.hidden = false;
  say(sentence);
}

const prepare = (within) => all("[data-upload] [type=file]", within).forEach((input) => {
  input.multiple = input.accept.includes("image/");
});

on("change", "[data-upload] [type=file]", (input) => input.files[0] && upload(input.form, [...input.files]));
on("submit", "[data-upload]", (form, event) => {
  event.preventDefault();
  upload(form, [...one("[type=file]", form).files]);
});
on("click", "[data-retry]", ({ form }) => upload(form, form.left));
addEventListener("online", () => all("[data-retry]").forEach((button) => button.hidden || button.click()));
addEventListener("beforeunload", (event) => running && event.preventDefault());
prepare(document);
