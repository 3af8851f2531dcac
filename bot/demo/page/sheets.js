// What lies over the page: toasts, alerts, and the little browser in which links to this machine open.
import { button, el } from "./dom.js";

const TOAST_MS = 3500;

export function toast(root, text) {
  root.querySelector(".toast")?.remove();
  const node = el("div", { class: "toast", role: "status", text });
  root.append(node);
  setTimeout(() => node.remove(), Math.max(TOAST_MS, text.length * 60));
}

export function alertBox(title, text) {
  const close = button("ok", null, { autofocus: true }, "OK");
  const box = el("dialog", { class: "alert", "aria-label": title }, el("p", { text }), close);
  open(box, close);
}

// Whether the page was opened here: only those of this very machine are. `leave` may take a link in it, and then it closes.
export function browse(address, leave) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!["127.0.0.1", "localhost"].includes(url?.hostname) || url.port !== location.port) return false;
  const src = url.pathname + url.search;
  const close = button("close", null, { "aria-label": "Close" });
  const frame = el("iframe", { src, title: "Web page" });
  const box = el("dialog", { class: "browser", "aria-label": "Web page" },
    el("div", { class: "bar" }, close, el("code", { text: url.host + url.pathname }), el("a", { href: src, target: "_blank", rel: "noopener", text: "In a tab ↗" })),
    frame);
  frame.addEventListener("load", () => frame.contentDocument?.addEventListener("click", (event) => {
    const link = event.target.closest("a")?.href;
    if (link && leave(link)) { event.preventDefault(); box.close(); }
  }));
  open(box, close);
  return true;
}

export function open(box, close) {
  close.addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
