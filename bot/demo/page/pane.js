// A chat: the people who may sit before it, the messages, and what they write.
import { asTab, b, base64, button, clear, day, el, mark, post, steerTabs } from "./dom.js";
import { bubble, dayPill, servicePill } from "./bubbles.js";
import { Composer } from "./composer.js";
import { payForm } from "./pay.js";
import { alertBox, browse, toast } from "./sheets.js";

const NEAR = 90;
const PARTS = { owner: "owner", packer: "packer", stranger: "no role" };
const LANGUAGES = { en: "English", zh: "中文", ru: "Русский" };

export class Pane {
  constructor(root, side, refresh) {
    Object.assign(this, { root, side, refresh, busy: new Set(), nodes: new Map(), fresh: 0 });
    this.seen = JSON.parse(localStorage.getItem("demo.seen") ?? "{}");
    this.viewer = Number(localStorage.getItem(`demo.${side}`)) || null;
    this.people = el("div", { class: "people", role: "tablist", "aria-label": "Who you are" });
    this.title = el("b");
    this.subtitle = el("span");
    this.avatar = el("i", { class: "avatar bot" });
    // The staff has two rooms: their group, and everybody's own chat with the bot.
    this.room = (side === "staff" && localStorage.getItem("demo.room")) || "group";
    this.door = side === "staff" && button("door", () => this.enter(this.room === "group" ? "private" : "group"), {});
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: 0 });
    this.down = button("down", () => this.toEnd(true), { hidden: true, "aria-label": "To the newest message" }, el("span"));
    this.composer = new Composer({ ask: (text) => this.act("ask", { text }), choose: async (question, card) => this.tell(await this.act("choose", { question, card })),
      say: (text, replyTo) => this.say(text, replyTo), attach: (file, text, replyTo) => this.attach(file, text, replyTo), refuse: (why) => toast(this.root, why), act: (kind) => this.act(kind, {}), toLast: () => this.toLastButton() });
    root.append(this.people,
      el("div", { class: "head" }, this.avatar, el("div", {}, this.title, this.subtitle), this.door),
      el("div", { class: "wall" }, this.log, this.down),
      this.composer.node);
    this.log.addEventListener("scroll", () => this.onScroll());
    // Whoever reads the newest message still does when the composer grows.
    this.isReadingNewest = true;
    new ResizeObserver(() => { if (this.isReadingNewest) this.toEnd(false); }).observe(this.log);
    steerTabs(this.people);
  }

  // ---- what is shown

  update(chat, people) {
    this.lastPeople = people;
    const isOther = this.chatKey !== `${chat.id}/${chat.viewer}`;
    this.chat = chat;
    this.viewer = chat.viewer;
    if (isOther) this.begin(chat);
    this.showPeople(people);
    this.showHead(chat);
    const isAtEnd = this.isAtEnd() || isOther;
    const newest = this.showMessages(chat, isOther);
    this.composer.update(chat);
    if (isAtEnd || newest?.is_mine) this.toEnd(false);
    else this.showDown();
  }

  begin(chat) {
    this.chatKey = `${chat.id}/${chat.viewer}`;
    this.nodes.clear();
    this.fresh = 0;
    clear(this.log);
    this.composer.begin();
  }

  showPeople(people) {
    const mine = people.filter((person) => (person.part === "customer") === (this.side === "customer"));
    this.seen[this.viewer] = mine.find((person) => person.id === this.viewer).newest;
    if (this.side === "customer") localStorage.setItem("demo.seen", JSON.stringify(this.seen));
    const key = JSON.stringify([mine, this.viewer, this.seen]);
    if (key === this.peopleKey) return;
    this.peopleKey = key;
    const focused = this.people.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    clear(this.people, ...mine.map((person) => this.person(person)));
    if (focused) this.people.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  person(person) {
    const isChosen = person.id === this.viewer;
    const note = PARTS[person.part] || LANGUAGES[person.language] || "";
    return button("person", () => this.choose(person.id), { ...asTab(isChosen), "data-id": person.id, title: person.full_name },
      el("i", { class: `avatar a${person.id % 6}`, "aria-hidden": "true", text: [...person.name][0] }),
      el("span", {}, b(person.name), el("small", { text: note })),
      this.isUnread(person) && el("i", { class: "dot", role: "img", "aria-label": "unread" }));
  }

  isUnread(person) {
    return this.side === "customer" && person.newest > 0 && person.newest !== this.seen[person.id];
  }

  choose(id) {
    if (id === this.viewer) return;
    this.viewer = id;
    localStorage.setItem(`demo.${this.side}`, id);
    this.refresh();
  }

  enter(room) {
    this.room = room;
    localStorage.setItem("demo.room", room);
    this.refresh();
  }

  showHead(chat) {
    if (this.door) this.door.textContent = chat.is_group ? "Private chat" : "Staff group";
    this.title.textContent = chat.title;
    this.avatar.textContent = [...chat.title][0];
    const doing = chat.action === "typing" ? "typing …" : chat.action ? "sending …" : null;
    this.subtitle.textContent = doing ?? (chat.is_group ? `${chat.members} members` : "bot");
    this.subtitle.classList.toggle("doing", Boolean(doing));
    this.log.setAttribute("aria-label", `Chat: ${chat.title}`);
  }

  showMessages(chat, isOther) {
    const known = new Set();
    let lastDay, at;
    const place = (node) => {
      const next = at ? at.nextSibling : this.log.firstChild;
      if (next !== node) this.log.insertBefore(node, next);
      at = node;
    };
    chat.messages.forEach((message, index) => {
      const today = day(message.date * 1000);
      if (today !== lastDay) {
        lastDay = today;
        known.add(`day ${today}`);
        place(this.kept(`day ${today}`, today, () => dayPill(message.date)));
      }
      known.add(message.id);
      if (message.is_service) return place(this.kept(message.id, message.text, () => servicePill(message)));
      return place(this.messageNode(message, chat.messages[index - 1], chat.messages[index + 1], chat, isOther));
    });
    for (const [key, kept] of this.nodes) {
      if (!known.has(key)) { kept.node.remove(); this.nodes.delete(key); }
    }
    this.showWelcome(chat);
    return chat.messages.at(-1);
  }

  kept(key, value, make) {
    const old = this.nodes.get(key);
    if (old?.value === value) return old.node;
    const node = make(old?.node);
    if (old) old.node.replaceWith(node);
    this.nodes.set(key, { value, node });
    return node;
  }

  messageNode(message, before, after, chat, isOther) {
    const look = {
      hasTail: !after || after.from !== message.from || day(after.date * 1000) !== day(message.date * 1000),
      showsName: chat.is_group && !message.is_mine && before?.from !== message.from,
    };
    const pressed = [...this.busy].filter((key) => key.startsWith(`${message.id}/`));
    const isKnown = this.nodes.has(message.id);
    const value = JSON.stringify([message, look, pressed]);
    return this.kept(message.id, value, (old) => {
      const focus = old ? focusIn(old) : null;
      const wasSame = old?.dataset.content === content(message);
      const node = bubble(message, look, this.actions(), this.busy, old);
      node.dataset.content = content(message);
      if (!isOther && !isKnown) { node.classList.add("new"); if (!message.is_mine) this.fresh += 1; }
      if (old && !wasSame) node.classList.add("changed");
      if (focus) requestAnimationFrame(() => refocus(node, focus, this.log));
      return node;
    });
  }

  showWelcome(chat) {
    const isEmpty = chat.messages.length === 0;
    if (!isEmpty) { this.welcome?.remove(); this.welcome = null; return; }
    const [sign, title, text] = chat.is_group
      ? ["📦", "The staff group", "Every order arrives here as a card with buttons. Who may press which one depends on the role."]
      : ["👋", "What can this bot do?", chat.about];
    const node = el("div", { class: "welcome" }, mark(sign), b(title), el("p", { dir: "auto", text }));
    if (this.welcome) this.welcome.replaceWith(node); else this.log.append(node);
    this.welcome = node;
  }

  // ---- where it stands

  isAtEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR; }

  toEnd(isSmooth) {
    this.fresh = 0;
    const isCalm = !isSmooth || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: isCalm ? "instant" : "smooth" });
    this.showDown();
  }

  onScroll() {
    this.isReadingNewest = this.isAtEnd();
    if (this.isReadingNewest) this.fresh = 0;
    this.showDown();
  }

  showDown() {
    this.down.hidden = this.isAtEnd();
    this.down.firstChild.textContent = this.fresh ? String(this.fresh) : "";
  }

  jump(id) {
    const node = this.nodes.get(id)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("changed");
    requestAnimationFrame(() => node.classList.add("changed"));
  }

  toLastButton() { [...this.log.querySelectorAll(".keys")].at(-1)?.querySelector("button").focus(); }

  // ---- what people do

  actions() {
    this.does ??= {
      press: (message, look) => this.press(message, look),
      copy: (text) => this.copy(text),
      say: (text) => this.say(text, null),
      follow: (event, url) => { if (this.follow(url)) event.preventDefault(); },
      reply: (message) => this.composer.replyTo(message),
      jump: (id) => this.jump(id),
    };
    return this.does;
  }

  async press(message, { kind, value }) {
    if (kind === "copy") return this.copy(value);
    if (kind === "inline") return this.composer.type(`@${this.chat.bot} ${value}`);
    if (kind === "pay" || isInvoice(value)) return this.pay(kind === "pay" ? { message: message.id } : { link: value });
    if (kind === "url") return this.follow(value) || window.open(value, "_blank", "noopener,noreferrer");
    const key = `${message.id}/${value}`;
    if (this.busy.has(key)) return null;
    this.busy.add(key);
    this.update(this.chat, this.lastPeople);
    const answer = await this.act("press", { message: message.id, data: value });
    this.busy.delete(key);
    this.tell(answer);
    return this.refresh();
  }

  // A link to this bot speaks to it, a page of this machine opens over the chat; whether the link was one of these.
  follow(url) {
    const payload = deepLink(url, this.chat.bot);
    if (payload === null) return browse(url, (link) => deepLink(link, this.chat.bot) !== null && this.follow(link));
    // It leads into one's own chat with the bot, from a group, too.
    if (this.chat.is_group) this.enter("private");
    this.act("say", { text: `/start ${payload}`.trim(), chat: this.chat.viewer }).then((answer) => this.tell(answer));
    return true;
  }

  // An invoice opens Telegram's own form.
  async pay(wanted) {
    const invoice = await this.act("invoice", { link: "", message: 0, ...wanted });
    if (invoice.link === undefined) return this.tell(invoice);
    const ask = (what, body) => this.act(what, { link: invoice.link, ...body });
    return payForm(invoice, ask, (amount) => { toast(this.root, `You paid ${amount}`); this.refresh(); });
  }

  async say(text, replyTo) { this.tell(await this.act("say", { text, reply_to: replyTo })); }

  async attach(file, text, replyTo) {
    const content = await base64(file);
    return this.tell(await this.act("attach", { name: file.name, content, text, reply_to: replyTo }));
  }

  async copy(text) {
    try { await navigator.clipboard.writeText(text); toast(this.root, `Copied: ${text}`); }
    catch { toast(this.root, "The browser does not allow copying here."); }
  }

  tell(answer) {
    if (!answer.toast) return;
    if (answer.alert) alertBox(this.chat.title, answer.toast);
    else toast(this.root, answer.toast);
  }

  act(what, body) { return post(what, { who: this.chat.viewer, chat: this.chat.id, ...body }); }
}

const isInvoice = (value) => typeof value === "string" && value.startsWith("https://t.me/$");

function deepLink(address, bot) {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url?.host === "t.me" && url.pathname === `/${bot}` ? url.searchParams.get("start") ?? "" : null;
}

const content = (message) => JSON.stringify([message.text, message.photo]);

// An edit must not throw the keyboard's user out of the message.
function focusIn(node) {
  const active = document.activeElement;
  if (!node.contains(active)) return null;
  return { index: [...node.querySelectorAll("button")].indexOf(active), label: active.textContent };
}

function refocus(node, { index, label }, log) {
  const buttons = [...node.querySelectorAll("button")];
  (buttons.find((button) => button.textContent === label) ?? buttons[index] ?? log).focus({ preventScroll: true });
}
