// The page: three panes, kept true by a stream that says when something has changed.
import { get, setZone, steerTabs } from "./dom.js";
import { Pane } from "./pane.js";
import { Backstage } from "./backstage.js";

const $ = (id) => document.getElementById(id);
const customer = new Pane($("customer"), "customer", () => refresh());
const staff = new Pane($("staff"), "staff", () => refresh());
const backstage = new Backstage($("backstage"), () => refresh());

// ---- state

let isAsking = false;
let isStale = false;

async function refresh() {
  if (isAsking) { isStale = true; return; }
  isAsking = true;
  do {
    isStale = false;
    try { await ask(); } catch (error) { console.warn("asking again:", error.message); }
  } while (isStale);
  isAsking = false;
}

const chosen = () => `customer=${customer.viewer}&staff=${staff.viewer}&room=${staff.room}`;

async function ask() {
  const wanted = chosen();
  const [state, behind] = await Promise.all([get(`/demo/state?${wanted}`), get("/demo/backstage")]);
  // Somebody else was chosen meanwhile: this answer would choose back.
  if (wanted !== chosen()) return;
  setZone(state.zone);
  customer.update(state.customer, state.people);
  staff.update(state.staff, state.people);
  backstage.update(behind, state);
  markSides(state);
}

function listen() {
  const stream = new EventSource("/demo/events");
  stream.onmessage = () => { $("line").hidden = true; refresh(); };
  stream.onerror = () => { $("line").hidden = false; };
}

// ---- one pane at a time, where there is no room for three

const sides = document.querySelector(".sides");
const seen = { customer: 0, staff: 0 };

function show(side) {
  document.body.dataset.side = side;
  for (const tab of sides.children) {
    const isChosen = tab.dataset.side === side;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
  }
  for (const pane of [customer, staff]) if (pane.side === side) pane.toEnd(false);
  refresh();
}

function markSides(state) {
  const isNarrow = getComputedStyle(sides).display !== "none";
  for (const side of ["customer", "staff"]) {
    const newest = state[side].messages.findLast((message) => !message.is_mine)?.id ?? 0;
    const isShown = !isNarrow || document.body.dataset.side === side;
    if (isShown) seen[side] = newest;
    $(`tab-${side}`).querySelector(".dot").hidden = newest <= seen[side];
  }
}

sides.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) show(tab.dataset.side); });
steerTabs(sides);

show("customer");
listen();
