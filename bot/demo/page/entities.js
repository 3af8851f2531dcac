// A text and its entities (offsets in UTF-16 units, as JavaScript counts) become nodes. Nothing is ever read as HTML.
import { button, el } from "./dom.js";

const SAFE = /^(https?:|mailto:|tel:|tg:)/i;

export function rendered(text, entities, act) {
  const sorted = entities
    .filter((entity) => entity.length > 0 && entity.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  return within(text, sorted, 0, text.length, act);
}

function within(text, entities, start, end, act) {
  const part = document.createDocumentFragment();
  let at = start;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const stop = Math.min(entity.offset + entity.length, end);
    const inside = others.filter((other) => other.offset < stop);
    rest = others.filter((other) => other.offset >= stop);
    if (entity.offset < at || entity.offset >= end) continue;
    part.append(plain(text.slice(at, entity.offset), part.lastChild));
    part.append(shape(entity, within(text, inside, entity.offset, stop, act), text.slice(entity.offset, stop), act));
    at = stop;
  }
  part.append(plain(text.slice(at, end), part.lastChild));
  return part;
}

// A quotation is a block: the line break after it would show as an empty line.
const plain = (text, before) => (before?.nodeName === "BLOCKQUOTE" || before?.nodeName === "PRE" ? text.replace(/^\n/, "") : text);

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };

function shape(entity, content, text, act) {
  switch (entity.type) {
    case "bold": case "italic": case "underline": case "strikethrough":
      return el(TAGS[entity.type], {}, content);
    case "code":
      return el("code", { role: "button", tabindex: 0, title: "Copy", onclick: () => act.copy(text), onkeydown: onEnter(() => act.copy(text)) }, content);
    case "pre":
      return el("pre", {}, el("code", {}, content));
    case "blockquote":
      return el("blockquote", {}, content);
    case "expandable_blockquote":
      return expandable(content);
    case "spoiler":
      return spoiler(content);
    case "text_link": return link(entity.url, content, act);
    case "url": return link(/^[a-z]+:/i.test(text) ? text : `https://${text}`, content, act);
    case "email": return link(`mailto:${text}`, content, act);
    case "phone_number": return link(`tel:${text.replace(/[^\d+]/g, "")}`, content, act);
    case "bot_command":
      return button("link", () => act.say(text), {}, content);
    case "mention": case "hashtag": case "cashtag": case "text_mention":
      return el("span", { class: "mention" }, content);
    default:
      return el("span", {}, content);
  }
}

const onEnter = (act) => (event) => { if (event.key === "Enter") act(); };

function link(url, content, act) {
  if (!SAFE.test(url)) return el("span", {}, content);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick: (event) => act.follow(event, url) }, content);
}

function expandable(content) {
  const quote = el("blockquote", { class: "folded" }, el("div", { class: "fold" }, content));
  const more = button("unfold", () => { more.ariaExpanded = String(!quote.classList.toggle("folded")); }, { "aria-expanded": "false", "aria-label": "All of it" });
  quote.append(more);
  return quote;
}

function spoiler(content) {
  const inside = el("span", {}, content);
  const node = el("span", { class: "spoiler", role: "button", tabindex: 0, "aria-label": "Hidden text: show it" }, inside);
  const show = () => { node.classList.add("shown"); node.removeAttribute("aria-label"); };
  node.addEventListener("click", show);
  node.addEventListener("keydown", onEnter(show));
  return node;
}
