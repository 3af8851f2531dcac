// Telegram's payment form: what is paid for, where it goes, a tip, and the button that pays. What it may ask and take the bot decides.
import { b, button, clear, el, span } from "./dom.js";
import { open } from "./sheets.js";

const FIELDS = { street_line1: "Street", city: "City", post_code: "Postcode", country_code: "Country (PT, DE …)" };
const HOME = { street_line1: "Rua Augusta 10", city: "Lisboa", post_code: "1100-053", country_code: "PT" };

// `ask` sends a question about this invoice to the demo; `done` is told when it is paid.
export function payForm(invoice, ask, done) {
  const state = { tip: 0, option: null, address: {} };
  const money = (minor) => invoice.currency === "XTR" ? `⭐${minor}`
    : new Intl.NumberFormat("en", { style: "currency", currency: invoice.currency }).format(minor / 10 ** invoice.digits);
  const total = () => invoice.total + state.tip + (state.option?.amount ?? 0);
  const lines = el("div", { class: "lines" });
  const error = el("p", { class: "wrong", role: "alert", hidden: true });
  const pay = button("ok pay", () => send(), {});
  const declined = el("input", { type: "checkbox", id: "declined" });
  const close = button("close", null, { "aria-label": "Close" });
  const tips = invoice.tips.length ? tipRow(invoice, state, money, () => draw()) : null;
  const where = invoice.needs_address ? address(state, (given) => ask("shipping", { address: given }), () => draw(), fail) : null;
  const box = el("dialog", { class: "form", "aria-label": "Payment" },
    el("div", { class: "bar" }, close, b("Checkout")),
    el("div", { class: "goods-head" }, el("i", { class: "avatar bot", "aria-hidden": "true", text: invoice.is_stars ? "⭐" : "💳" }),
      el("div", {}, b(invoice.title), span(invoice.text))),
    where, lines, tips, error,
    invoice.is_stars ? null : el("label", { class: "declines" }, declined, "The card is declined (to see what happens)"),
    pay);

  function draw() {
    clear(lines, ...invoice.lines.map((line) => row(line.label, line.amount)),
      state.option && row(state.option.title, state.option.text), state.tip > 0 && row("Tip", money(state.tip)),
      row("Total", money(total()), "sum"));
    pay.textContent = `Pay ${money(total())}`;
    pay.disabled = Boolean(where) && !state.option;
  }

  function fail(text) { error.textContent = text; error.hidden = !text; }

  async function send() {
    fail("");
    pay.disabled = true;
    pay.setAttribute("aria-busy", "true");
    const answer = await ask("pay", { address: state.address, option: state.option?.id ?? "", tip: state.tip, declined: declined.checked });
    pay.removeAttribute("aria-busy");
    pay.disabled = false;
    if (!answer.paid) return fail(answer.error ?? answer.toast ?? "It did not work.");
    box.close();
    return done(money(total()));
  }

  draw();
  open(box, close);
  pay.focus();
}

const row = (label, amount, kind) => el("div", { class: `line-item ${kind ?? ""}` }, span(label), b(amount));

function tipRow(invoice, state, money, draw) {
  const chips = [{ amount: 0, text: "No tip" }, ...invoice.tips];
  const other = el("input", { type: "number", min: 0, step: "any", placeholder: "Other", "aria-label": `Another tip, at most ${money(invoice.tip_max)}` });
  const buttons = chips.map((chip) => button("chip", () => { other.value = ""; choose(chip.amount); }, { "aria-pressed": String(chip.amount === 0) }, chip.text));
  function choose(amount) {
    state.tip = Math.min(Math.max(0, amount), invoice.tip_max);
    buttons.forEach((each, index) => each.setAttribute("aria-pressed", String(chips[index].amount === state.tip)));
    draw();
  }
  other.addEventListener("input", () => choose(Math.round(Number(other.value || 0) * 10 ** invoice.digits)));
  return el("div", { class: "tips", role: "group", "aria-label": "Tip" }, ...buttons, other);
}

function address(state, ask, draw, fail) {
  const inputs = Object.entries(FIELDS).map(([name, label]) => el("input", { name, placeholder: label, "aria-label": label, value: HOME[name] }));
  const ways = el("div", { class: "ways", role: "radiogroup", "aria-label": "Delivery" });
  const next = button("chip wide", async () => {
    fail("");
    state.address = Object.fromEntries(inputs.map((each) => [each.name, each.value]));
    state.option = null;
    const answer = await ask(state.address);
    if (answer.error) fail(answer.error);
    clear(ways, ...(answer.options ?? []).map((option) => way(option, () => { state.option = option; draw(); })));
    draw();
  }, {}, "How does it get there?");
  return el("div", { class: "address" }, ...inputs, next, ways);
}

function way(option, choose) {
  const input = el("input", { type: "radio", name: "way" });
  input.addEventListener("change", choose);
  return el("label", {}, input, span(option.title), b(option.text));
}
