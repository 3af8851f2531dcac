// One message as a bubble with its buttons.
import { day, el, hour } from "./dom.js";
import { rendered } from "./entities.js";

const STYLES = new Set(["success", "danger", "primary"]);
const MARKS = { url: "↗", copy: "⧉" };

// `act` is what the pane does: press, open, copy, say, follow, reply, jump. `busy` holds the presses without an answer.
export function bubble(message, look, act, busy, old) {
  const side = message.is_mine ? "out" : "in";
  const body = el("div", { class: "bubble" },
    look.showsName && el("div", { class: `name name-${message.from % 6}`, text: message.name }),
    quoted(message, act),
    photo(message, old),
    attachment(message),
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
  return el("button", { type: "button", class: "quoted", onclick: () => act.jump(original.id) },
    el("b", { text: original.name }), el("span", { text: original.text }));
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
  const { document: file, contact } = message;
  if (contact) {
    return el("div", { class: "card" }, el("i", { text: "👤" }), el("b", { text: contact.name }), el("span", { text: contact.phone }));
  }
  if (!file) return null;
  const href = `/demo/file/${encodeURIComponent(file.file_id)}`;
  return el("a", { class: "card", href, download: file.name }, el("i", { text: "📄" }), el("b", { text: file.name }), el("span", { text: "Download" }));
}

function replyButton(message, act) {
  return el("button", { type: "button", class: "reply", title: "Reply", "aria-label": `Reply to: ${message.text.slice(0, 40) || "this message"}`, onclick: () => act.reply(message) });
}

function keyboard(message, act, busy) {
  const rows = message.rows.map((row) => el("div", { class: "row" }, ...row.map((button) => key(message, button, act, busy))));
  return el("div", { class: "keys" }, ...rows);
}

function key(message, button, act, busy) {
  const isBusy = busy.has(`${message.id}/${button.value}`);
  const style = STYLES.has(button.style) ? ` ${button.style}` : "";
  const mark = MARKS[button.kind];
  return el("button", {
    type: "button",
    class: `key${style}${isBusy ? " busy" : ""}`,
    "aria-busy": isBusy ? "true" : null,
    disabled: button.kind === "other",
    onclick: () => act.press(message, button),
  }, el("span", { text: button.label }), mark && el("i", { class: "mark", "aria-hidden": "true", text: mark }));
}

export const dayPill = (seconds) => el("div", { class: "pill", "data-day": day(seconds * 1000) }, el("span", { text: day(seconds * 1000) }));
