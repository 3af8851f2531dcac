// Behind the scenes: the clock, orders with their levers, the outbox, the messages, and bad days.
import { asTab, b, button, clear, dayAndHour, el, hour, mark, post, shortDay, span, steerTabs } from "./dom.js";
import { toast } from "./sheets.js";

const TABS = { orders: "Orders", events: "Events", messages: "Messages", faults: "Bad days" };
const LEAPS = [[1, "+1 hour"], [6, "+6 hours"], [24, "+1 day"]];
const PAYMENTS = [["pay", "Pay"], ["decline", "Decline"], ["twice", "Pay twice"], ["short", "Pay half"], ["late", "Pay late"]];
const MISHAPS = [["move", "Moves on"], ["stall", "Stalls"], ["fail", "Nobody home"], ["locker", "Into a locker"], ["lose", "Is lost"]];
const FAULTS = [
  ["telegram", "Telegram is down", "Every call is answered with 502. Messages wait, and arrive in order later."],
  ["carrier", "The carrier is down", "Sandbox Post does not answer. The shop asks again, less and less often."],
  ["webhooks", "Webhooks get lost", "The bank has the money and nobody hears of it. The shop asks the bank."],
  ["bank", "The bank is down", "No pay page can be opened, and nothing can be asked."],
];
const GOOD = new Set(["paid", "overpaid", "delivered", "completed", "confirmed", "sent"]);
const BAD = new Set(["cancelled", "expired", "lost", "failed", "exception"]);
const HINTS = [
  ["Be a customer", "Press Start as Ann, 李雷 or Иван, choose something and check out."],
  ["Pay", "Open the pay page from the chat. Nothing is charged."],
  ["Be the shop", "Accept, pack and ship the order in the staff group, as Max or Petra."],
  ["Add goods", "In Max's private chat: a photo with a caption (title, price), or a CSV file after /goods."],
  ["Let time pass", "Only the clock moves a parcel: press +1 day, and the chat tells it."],
  ["Break things", "Pay twice, lose a parcel, let Telegram fail. See what the shop does."],
];

export class Backstage {
  constructor(root, refresh) {
    Object.assign(this, { root, refresh, tab: "orders", busy: new Set() });
    this.clock = el("time", { class: "clock" });
    const leaps = LEAPS.map(([hours, label]) => this.lever("travel", { hours }, label, "leap"));
    this.tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "Behind the scenes" });
    this.body = el("div", { class: "behind", role: "tabpanel", tabindex: 0 });
    root.append(el("div", { class: "time" },
      el("div", { class: "now" }, el("small", { text: "The shop's time" }), this.clock), el("div", { class: "leaps" }, ...leaps)), this.tabs, this.body);
    steerTabs(this.tabs);
    setInterval(() => this.tick(), 1000);
  }

  update(behind, state) {
    this.behind = behind;
    this.ahead = Date.parse(state.now) - Date.now();
    this.tick();
    this.show();
  }

  tick() {
    if (this.ahead === undefined) return;
    const now = Date.now() + this.ahead;
    this.clock.textContent = `${shortDay(now)}, ${hour(now)}`;
  }

  show() {
    const key = JSON.stringify([this.behind, this.tab, [...this.busy]]);
    if (key === this.shown) return;
    this.shown = key;
    const focus = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const top = this.body.scrollTop;
    clear(this.tabs, ...Object.entries(TABS).map(([name, label]) => this.tabButton(name, label)));
    clear(this.body, ...this[`show_${this.tab}`]());
    this.body.scrollTop = top;
    if (focus) this.root.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  }

  tabButton(name, label) {
    const count = { messages: this.behind.waiting, faults: this.behind.broken.length }[name];
    return button(null, () => { this.tab = name; this.body.scrollTop = 0; this.show(); }, { ...asTab(name === this.tab), "data-key": `tab ${name}` },
      label, count ? el("i", { class: "count", text: count }) : null);
  }

  // ---- orders

  show_orders() {
    if (!this.behind.orders.length) return [hints()];
    return this.behind.orders.map((order) => this.order(order));
  }

  order(order) {
    return el("article", { class: "order", "aria-label": `Order ${order.number}` },
      el("header", {}, b(order.number), span(order.customer), el("strong", { text: order.total })),
      el("p", { class: "goods", text: order.goods.join(", ") }),
      progress(order),
      el("div", { class: "chips" }, chip("order", order.status), chip("payment", order.payment), chip("goods", order.fulfilment)),
      order.expires_at && el("p", { class: "fine", text: `Its goods are set aside until ${dayAndHour(order.expires_at)}` }),
      ...order.attempts.filter((attempt) => attempt.is_sandbox).map((attempt) => this.attempt(order, attempt)),
      ...order.shipments.filter((shipment) => shipment.kind === "courier").map((shipment) => this.shipment(shipment)));
  }

  attempt(order, attempt) {
    const money = dotted(words(attempt.status), attempt.captured && `${attempt.captured} in`, attempt.refunded && `${attempt.refunded} back`);
    return el("div", { class: "part" },
      el("p", {}, mark("💳"), b(attempt.gateway === "sandbox" ? "Sandbox bank" : `Sandbox bank as ${words(attempt.gateway)}`), span(money)),
      el("div", { class: "levers" }, ...PAYMENTS
        .filter(([verb]) => attempt.is_live || verb === "late")
        .map(([verb, label]) => this.lever("payment", { ref: attempt.ref, verb }, attempt.is_live ? label : "Pay once more"))));
  }

  shipment(shipment) {
    const expected = shipment.can_be_moved && shipment.expected && `expected by ${shortDay(shipment.expected)}`;
    const asks = shipment.can_be_moved && shipment.next_poll_at && `the shop asks again ${dayAndHour(shipment.next_poll_at)}`;
    return el("div", { class: "part" },
      el("p", {}, mark("📦"), b(shipment.number ?? "Parcel"), span(dotted(words(shipment.status), shipment.delay_level && "late"))),
      (expected || asks) && el("p", { class: "fine", text: dotted(expected, asks) }),
      shipment.can_be_moved && el("div", { class: "levers" }, ...MISHAPS.map(([verb, label]) => this.lever("parcel", { shipment: shipment.id, verb }, label))));
  }

  // ---- events and messages

  show_events() {
    return entries(this.behind.events, "The outbox: what happened, written down in the transaction that made it true.", (event) => [
      event.at, event.type, [event.subject, ...Object.values(event.detail).map(words)],
      event.is_routed ? (event.told ? `→ ${event.told}` : "told nobody") : "waits"]);
  }

  show_messages() {
    return entries(this.behind.deliveries, "What the shop says unasked: one row for each chat, sent in order, tried again when it fails.", (delivery) => [
      delivery.sent_at ?? delivery.due_at, `${words(delivery.route)} → ${delivery.to}`,
      [delivery.of, delivery.attempts > 1 && `${delivery.attempts} tries`, delivery.error], delivery.status]);
  }

  // ---- bad days

  show_faults() {
    const flood = el("div", { class: "fault" }, el("div", {}, b("Telegram says 429"), span("Too many requests: the next three calls must come again, five seconds later.")), this.lever("break", { what: "flood", on: true }, "Three times"));
    return [el("p", { class: "intro", text: "Turn one on, then use the shop. Nothing gets lost: what failed is done later." }), flood, ...FAULTS.map((fault) => this.fault(fault))];
  }

  fault([name, title, text]) {
    const isOn = this.behind.broken.includes(name);
    return el("div", { class: "fault" }, el("div", {}, el("b", { id: `fault-${name}`, text: title }), el("span", { text })),
      button("switch", () => this.pull("break", { what: name, on: !isOn }, `fault ${name}`), { role: "switch", "data-key": `fault ${name}`, "aria-checked": String(isOn), "aria-labelledby": `fault-${name}` }));
  }

  // ---- levers

  lever(what, body, label, kind = "lever") {
    const key = `${what} ${Object.values(body).join(" ")}`;
    const pull = async () => {
      node.classList.add("busy");
      await this.pull(what, body, key);
      node.classList.remove("busy");
    };
    const node = button(this.busy.has(key) ? `${kind} busy` : kind, pull, { "data-key": key }, label);
    return node;
  }

  async pull(what, body, key) {
    if (this.busy.has(key)) return;
    this.busy.add(key);
    const answer = await post(what, body);
    this.busy.delete(key);
    toast(this.root, answer.told ?? answer.toast);
    this.refresh();
  }
}

const words = (code) => String(code).replaceAll("_", " ").replaceAll(".", " ");
const tone = (status) => (GOOD.has(status) ? "good" : BAD.has(status) ? "bad" : "");
const chip = (name, status) => el("span", { class: `chip ${tone(status)}` }, el("small", { text: name }), words(status));
const dotted = (...parts) => parts.filter(Boolean).join(" · ");

function entries(rows, told, columns) {
  return [el("p", { class: "intro", text: told }), ...rows.map((row) => {
    const [at, title, details, state] = columns(row);
    return el("div", { class: "entry" }, el("time", { text: dayAndHour(at) }), el("div", {}, b(title), span(dotted(...details))), el("small", { class: tone(state), text: words(state) }));
  })];
}

function progress(order) {
  return el("ol", { class: "way" }, ...order.steps.map((step) =>
    el("li", { class: step.is_done ? "done" : null, "aria-label": `${step.name}: ${step.is_done ? "done" : "not yet"}` }, span(step.name))));
}

function hints() {
  return el("div", { class: "hints" }, el("h2", { text: "A whole shop, from three sides" }), ...HINTS.map(([title, text], at) =>
    el("div", {}, mark(at + 1), el("p", {}, b(title), text))));
}
