/** Plain JavaScript for the browser. Text from the catalogue is only ever set as text, never as markup. */
export const pageScript = String.raw`
const rowLength = 12;
const byId = (id) => document.getElementById(id);
const rows = byId("rows");
const money = new Intl.NumberFormat(navigator.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat(navigator.language, { style: "percent" });
const titles = new Map();
const state = { user: new URLSearchParams(location.search).get("user") ?? "", recent: [], version: "", turn: 0 };

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

async function ask(path, parameters = []) {
  const query = new URLSearchParams(parameters.filter(([, value]) => value !== ""));
  const response = await fetch(path + (query.size > 0 ? "?" + query : ""));
  const body = await response.json();
  if (!response.ok) throw Object.assign(new Error(body.detail ?? body.title), { status: response.status, body });
  return body;
}

async function titleOf(itemId) {
  if (!titles.has(itemId)) {
    const item = await ask("/items/" + encodeURIComponent(itemId)).catch(() => undefined);
    titles.set(itemId, item?.title ?? itemId);
  }
  return titles.get(itemId);
}

function lettering(row) {
  let tone = 0;
  for (const letter of row.itemId) tone = (tone * 31 + letter.codePointAt(0)) % 360;
  const card = make("span", { class: "picture lettering", "aria-hidden": "true" }, make("span", {}, titleOfRow(row)));
  card.style.setProperty("--tone", tone);
  return card;
}

function picture(row) {
  const image = row.item?.image;
  if (!image) return lettering(row);
  const address = /^(https?:)?\//.test(image) ? image : "/images/" + encodeURIComponent(image);
  const element = make("img", { class: "picture", src: address, alt: "", loading: "lazy", width: "240", height: "240" });
  element.addEventListener("error", () => element.replaceWith(lettering(row)), { once: true });
  return element;
}

const titleOfRow = (row) => row.item?.title ?? row.itemId;

function product(row) {
  titles.set(row.itemId, titleOfRow(row));
  const facts = make("span", { class: "facts" }, make("span", {}, row.item?.category ?? ""));
  if (row.item?.price !== undefined) facts.append(make("span", { class: "price" }, money.format(row.item.price)));
  const words = make("span", { class: "words" }, make("span", { class: "title" }, titleOfRow(row)), facts);
  if (row.because?.length > 0) words.append(because(row.because[0]));
  const button = make("button", { type: "button", class: "product", title: titleOfRow(row) }, picture(row), words);
  button.addEventListener("click", () => look(row));
  return make("li", {}, button);
}

function because({ itemId, share }) {
  const line = make("span", { class: "why" }, "because of …");
  titleOf(itemId).then((title) => line.replaceChildren("because of " + title + " (" + percent.format(share) + ")"));
  return line;
}

function section(id, title, words, children) {
  const old = byId(id);
  const heading = make("h2", { id: id + "-title" }, title);
  const fresh = make("section", { id, "aria-labelledby": id + "-title" }, heading, make("p", {}, words), children);
  if (old) old.replaceWith(fresh);
  else rows.append(fresh);
  return fresh;
}

const list = (items) => make("ul", { class: "products" }, ...items);
const skeletons = () => list(Array.from({ length: rowLength }, () => make("li", {}, make("div", { class: "skeleton" }))));

const sourceWords = {
  als: "Ranked by this shopper's history", "fold-in": "Ranked by what was just looked at", similar: "Nearest in taste",
  trending: "On the rise this week", popular: "What most people take",
};

function headingOf(answer) {
  if (answer.source === "popular" || answer.source === "trending") {
    return state.user === "" ? "Popular right now" : "Popular right now: this shopper is new here";
  }
  if (state.recent.length > 0) return "For you, because of what you just saw";
  return "Inspired by your shopping trends";
}

async function showMain(turn) {
  const asked = performance.now();
  const parameters = [["userId", state.user], ["numResults", String(rowLength)], ["explain", "true"]];
  for (const itemId of state.recent) parameters.push(["recent", itemId]);
  const answer = await ask("/recommendations", parameters);
  if (turn !== state.turn) return;
  const took = Math.max(1, Math.round(performance.now() - asked));
  section("main-row", headingOf(answer), sourceWords[answer.source] ?? answer.source, list(answer.items.map(product)));
  byId("facts").textContent = "model " + answer.model.version + " · " + answer.source + " · " + took + " ms there and back";
  return answer;
}

async function showPopular(turn, main) {
  if (!main || main.source === "popular") return byId("popular-row")?.remove();
  const without = main.items.map((row) => ["exclude", row.itemId]);
  const answer = await ask("/popular", [["numResults", String(rowLength)], ...without]);
  if (turn !== state.turn) return;
  section("popular-row", "Popular right now", sourceWords.popular, list(answer.items.map(product)));
}

async function show() {
  const turn = ++state.turn;
  rows.setAttribute("aria-busy", "true");
  if (!byId("main-row")) section("main-row", "One moment", " ", skeletons());
  try {
    await showPopular(turn, await showMain(turn));
    if (state.recent.length === 0) byId("similar-row")?.remove();
  } catch (error) {
    if (turn === state.turn) showError(error);
  }
  if (turn === state.turn) rows.setAttribute("aria-busy", "false");
}

function showError(error) {
  const again = make("button", { type: "button" }, "Try again");
  again.addEventListener("click", show);
  const words = error.status === 503 ? "The shop is being set up: products appear here in a moment." : error.message;
  const title = error.status === 503 ? "One moment" : "This did not work";
  section("main-row", title, "", error.status === 503 ? skeletons() : make("div", { class: "error" }, make("p", {}, words), again));
}

async function look(row) {
  state.recent = [...state.recent.filter((itemId) => itemId !== row.itemId), row.itemId].slice(-10);
  notice("Looked at " + titleOfRow(row) + ": the first row follows.");
  show();
  const path = "/items/" + encodeURIComponent(row.itemId) + "/similar";
  try {
    const answer = await ask(path, [["numResults", "6"]]);
    const words = answer.source === "similar" ? sourceWords.similar : "Too little is known of it yet: what most people take";
    const fresh = section("similar-row", "Like “" + titleOfRow(row) + "”", words, list(answer.items.map(product)));
    rows.prepend(fresh);
    fresh.scrollIntoView({ block: "start" });
  } catch (error) {
    notice(error.message);
  }
}

const notice = (words) => { byId("notice").textContent = words; };

function choose(user) {
  Object.assign(state, { user, recent: [] });
  byId("shopper").value = user;
  history.replaceState(null, "", user === "" ? "/" : "/?user=" + encodeURIComponent(user));
  for (const button of byId("personas").children) button.setAttribute("aria-pressed", String(button.dataset.user === user));
  notice(user === "" ? "A new visitor, of whom nothing is known: click a product." : "");
  show();
}

async function offerShoppers() {
  const { shoppers } = await ask("/shoppers").catch(() => ({ shoppers: [] }));
  byId("shoppers").replaceChildren(...shoppers.map(({ id, label, persona }) => make("option", { value: id }, label ?? persona)));
  const seen = new Set();
  const some = shoppers.filter(({ persona }) => !seen.has(persona) && seen.add(persona)).slice(0, 8);
  const chips = [{ id: "", label: "New visitor" }, ...some].map(({ id, label, persona }) => {
    const chip = make("button", { type: "button", "data-user": id, "aria-pressed": String(id === state.user) }, label ?? persona);
    chip.addEventListener("click", () => choose(id));
    return chip;
  });
  byId("personas").replaceChildren(...chips);
}

/** While a model is being trained, every other second; afterwards now and then, since a better one may arrive. */
async function watch() {
  let wait = 15000;
  try {
    const ready = await ask("/health/ready");
    byId("banner").hidden = true;
    arrived(ready.model.version);
  } catch (error) {
    const { training, model } = error.body ?? {};
    wait = 2000;
    byId("banner").hidden = false;
    byId("step").textContent = !error.body
      ? "The server cannot be reached."
      : training
        ? (training.failure ?? "A better model is being trained: " + training.step)
        : "Waiting for a first model.";
    const done = training?.done;
    if (done === undefined) byId("progress").removeAttribute("value");
    else byId("progress").value = done;
    if (model) arrived(model.version);
  }
  setTimeout(watch, wait);
}

function arrived(version) {
  if (version === state.version) return;
  const first = state.version === "";
  state.version = version;
  if (!first) notice("A better model has arrived: the rows are fresh.");
  offerShoppers();
  show();
}

byId("choose").addEventListener("submit", (event) => {
  event.preventDefault();
  choose(byId("shopper").value.trim());
});
byId("shopper").value = state.user;
offerShoppers();
show();
watch();
`;
