// The few things that every part of the page needs. Text is always set as text: nothing here ever parses markup.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const button = (kind, onclick, props, ...children) => el("button", { type: "button", class: kind, onclick, ...props }, ...children);

const worded = (tag) => (text) => el(tag, { text });
export const [b, span, mark] = ["b", "span", "i"].map(worded);

export const clear = (node, ...children) => node.replaceChildren(...children.filter(Boolean));

export async function post(what, body) {
  try {
    const answer = await fetch(`/demo/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.ok ? await answer.json() : { toast: await answer.text() };
  } catch {
    return { toast: "The demo does not answer. Is it still running?" };
  }
}

export const base64 = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(file);
});

export const get = async (path) => (await fetch(path)).json();

// Moments are shown where the shop is: its receipts say the same.
let zone = "UTC";
export const setZone = (name) => { zone = name; };

const formats = new Map();
function format(moment, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key).format(new Date(moment));
}
export const hour = (moment) => format(moment, { hour: "2-digit", minute: "2-digit" });
export const day = (moment) => format(moment, { weekday: "short", day: "numeric", month: "long" });
export const shortDay = (moment) => format(moment, { weekday: "short", day: "numeric", month: "short" });
export const dayAndHour = (moment) => `${format(moment, { day: "numeric", month: "short" })}, ${hour(moment)}`;

export const asTab = (isChosen) => ({ role: "tab", "aria-selected": String(isChosen), tabindex: isChosen ? 0 : -1 });

// Arrow keys move along a row of tabs, as people expect of one.
export function steerTabs(row) {
  row.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tabs = [...row.querySelectorAll("[role=tab]")];
    const at = tabs.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.click();
    row.querySelectorAll("[role=tab]")[tabs.indexOf(next)]?.focus();
  });
}
