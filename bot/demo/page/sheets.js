// What lies over the page: toasts, alerts, and the little browser in which links to this machine open.
import { el } from "./dom.js";

const TOAST_MS = 3500;

export function toast(root, text) {
  root.querySelector(".toast")?.remove();
  const node = el("div", { class: "toast", role: "status", text });
  root.append(node);
  setTimeout(() => node.remove(), Math.max(TOAST_MS, text.length * 60));
}

export function alertBox(title, text) {
  const close = el("button", { type: "button", class: "primary-key", text: "OK", autofocus: true });
  const box = el("dialog", { class: "alert", "aria-label": title }, el("p", { text }), close);
  open(box, close);
}

// Whether the link was opened here: only pages of this very machine are; all others get a tab of their own.
export function browse(address) {
  let url;
  try { url = new URL(address, location.href); } catch { return false; }
  const isHere = ["127.0.0.1", "localhost"].includes(url.hostname) && url.port === location.port;
  if (!isHere) return false;
  const src = url.pathname + url.search;
  const close = el("button", { type: "button", class: "close", "aria-label": "Close" });
  const frame = el("iframe", { src, title: "Web page" });
  const box = el("dialog", { class: "browser", "aria-label": "Web page" },
    el("div", { class: "bar" }, close, el("code", { text: url.host + url.pathname }), el("a", { href: src, target: "_blank", rel: "noopener", text: "In a tab ↗" })),
    frame);
  open(box, close);
  return true;
}

function open(box, close) {
  close.addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
