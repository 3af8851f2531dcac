// One message as a bubble with its buttons.
import { b, button, day, el, hour, mark, span } from "./dom.js";
import { rendered } from "./entities.js";

const STYLES = new Set(["success", "danger", "primary"]);
// `act` is what the pane does: press, open, copy, say, follow, reply, jump. `busy` holds the presses without an answer.
export function bubble(message, look, act, busy, old) {
  const side = message.is_mine ? "out" : "in";
  const body = el("div", { class: "bubble" },
    look.showsName && el("div", { class: "name", text: message.name }),
    quoted(message, act),
    photo(message, old),
    attachment(message),
    message.invoice && el("div", { class: "card" }, mark("🧾"), b(message.invoice.title), span(`${message.invoice.text} · ${message.invoice.price}`)),
    message.text ? caption(message, act) : null,
    meta(message, !message.text));
  const classes = ["msg", side, look.hasTail && "tail", message.photo && "has-photo", message.rows.length && "has-rows"];
  return el("div", { class: classes.filter(Boolean).join(" "), "data-id": message.id },
    el("div", { class: "line-up" }, body, replyButton(message, act)),
    message.rows.length ? keyboard(message, act, busy) : null);
}

function caption(message, act) {
  const text = el("div", { class: "text", dir: "auto" }, rendered(message.text, message.entities, act));
  text.append(el("span", { class: "room", "aria-hidden": "true", text: stamp(message) }));
  return text;
}

const stamp = (message) => (message.edited ? "edited " : "") + hour(message.date * 1000);

function meta(message, isAlone) {
  return el("span", { class: isAlone ? "meta alone" : "meta", text: stamp(message) });
}

function quoted(message, act) {
  const original = message.reply_to;
  if (!original) return null;
  return button("quoted", () => act.jump(original.id), {}, b(original.name),
    span(original.text));
}

function photo(message, old) {
  if (!message.photo) return null;
  const { file_id: id, width, height } = message.photo;
  const src = `/demo/file/${encodeURIComponent(id)}`;
  const known = old?.querySelector("img.photo");
  // The same picture stays where it is: an edited message must not flicker.
  if (known && known.getAttribute("src") === src) return known;
  return el("img", { class: "photo", src, width: width || 4, height: height || 3, alt: "Picture", decoding: "sync" });
}

function attachment(message) {
  const { document: file, contact, location } = message;
  const card = contact ?? location;
  if (card) {
    return el("div", { class: "card" }, mark(contact ? "👤" : "📍"), b(card.name), span(card.phone ?? card.at));
  }
  if (!file) return null;
  const href = `/demo/file/${encodeURIComponent(file.file_id)}`;
  return el("a", { class: "card", href, download: file.name }, mark("📄"), b(file.name), span("Download"));
}

function replyButton(message, act) {
  return button("reply", () => act.reply(message), { title: "Reply", "aria-label": `Reply to: ${message.text.slice(0, 40) || "this message"}` });
}

function keyboard(message, act, busy) {
  const rows = message.rows.map((row) => el("div", { class: "row" }, ...row.map((look) => key(message, look, act, busy))));
  return el("div", { class: "keys" }, ...rows);
}

function key(message, look, act, busy) {
  const isBusy = busy.has(`${message.id}/${look.value}`);
  const kind = ["key", look.kind, STYLES.has(look.style) && look.style, isBusy && "busy"].filter(Boolean).join(" ");
  return button(kind, () => act.press(message, look), { "aria-busy": isBusy || null, disabled: look.kind === "other" }, look.label);
}

export const servicePill = (message) => el("div", { class: "pill service", text: message.text });
export const dayPill = (seconds) => el("div", { class: "pill", text: day(seconds * 1000) });
