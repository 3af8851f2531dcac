// What stands below a chat: the menu, the input, and the buttons that a bot puts under it.
import { b, button, clear, el, span } from "./dom.js";

const [TEXT_MAX, CAPTION_MAX, FILE_MAX_BYTES] = [4096, 1024, 5 * 1024 * 1024];

export class Composer {
  constructor(does) {
    this.does = does;
    this.answered = null;
    this.file = null;
    this.input = el("textarea", { rows: 1, "aria-label": "Message", placeholder: "Message", maxlength: TEXT_MAX, enterkeyhint: "send" });
    this.picker = el("input", { type: "file", hidden: true, onchange: () => this.hold(this.picker.files[0]) });
    this.clip = button("round clip", () => this.picker.click(), { "aria-label": "Attach a picture or a file" });
    this.held = el("div", { class: "answering", hidden: true });
    this.menu = button("menu", () => this.toggleMenu(), { "aria-expanded": "false" }, el("i"), "Menu");
    this.list = el("div", { class: "commands", hidden: true });
    this.quote = el("div", { class: "answering", hidden: true });
    this.keys = el("div", { class: "reply-keys", hidden: true });
    this.send = el("button", { type: "submit", class: "round send", "aria-label": "Send" });
    this.form = el("form", { class: "write" }, this.menu, this.clip, this.picker, this.input, this.send);
    this.start = button("start", () => this.does.say("/start", null), { hidden: true }, "Start");
    this.node = el("div", { class: "composer" }, this.list, this.quote, this.held, this.form, this.keys, this.start);
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.input.addEventListener("input", () => { this.grow(); this.suggest(); });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.node.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.closeMenu(); this.replyTo(null); } });
  }

  onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    if (event.key === "ArrowUp" && !this.input.value) { event.preventDefault(); this.does.toLast(); }
  }

  begin() {
    this.input.value = "";
    this.hold(null);
    this.replyTo(null);
    this.closeMenu();
  }

  update(chat) {
    this.commands = chat.commands;
    this.bot = chat.bot;
    const isNew = !chat.has_started;
    this.start.hidden = !isNew;
    this.form.hidden = isNew;
    this.menu.hidden = !chat.commands.length;
    this.input.placeholder = chat.keyboard?.placeholder ?? "Message";
    if (chat.keyboard?.is_reply_forced && !this.answered) this.replyTo(chat.messages.at(-1), false);
    this.showKeys(chat.keyboard?.rows ?? []);
  }

  showKeys(rows) {
    const key = JSON.stringify(rows);
    if (key === this.keysKey) return;
    this.keysKey = key;
    this.keys.hidden = !rows.length;
    clear(this.keys, ...rows.map((row) => el("div", { class: "row" }, ...row.map((look) => button("key", () => this.tap(look), {}, look.label)))));
  }

  tap(look) {
    if (look.kind === "say") this.does.say(look.label, null);
    else this.does.act(look.kind);
  }

  submit() {
    const text = this.input.value;
    if (this.file) this.does.attach(this.file, text, this.answered);
    else if (text.trim()) this.does.say(text, this.answered);
    else return;
    this.begin();
  }

  // A file waits for the words that are to stand below it.
  hold(file) {
    if (file?.size > FILE_MAX_BYTES) { this.does.refuse("The demo takes files of up to 5 MB."); file = null; }
    this.file = file ?? null;
    this.picker.value = "";
    this.held.hidden = !file;
    this.input.maxLength = file ? CAPTION_MAX : TEXT_MAX;
    this.grow();
    if (!file) return;
    clear(this.held, el("div", {}, b(file.name), span("What you write goes with it.")),
      button("close", () => this.hold(null), { "aria-label": "Do not send the file" }));
    this.input.focus();
  }

  grow() {
    this.input.style.height = 0;
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
    this.send.classList.toggle("ready", Boolean(this.file || this.input.value.trim()));
  }

  replyTo(message, isFocused = true) {
    this.answered = message?.id ?? null;
    this.quote.hidden = !message;
    if (!message) return;
    clear(this.quote, el("div", {}, b(`Reply to ${message.name}`), span(message.text.slice(0, 90))),
      button("close", () => this.replyTo(null), { "aria-label": "Do not reply" }));
    if (isFocused) this.input.focus();
  }

  // ---- commands

  toggleMenu() {
    if (this.list.hidden) { this.showCommands(this.commands); this.list.querySelector("button")?.focus(); } else this.closeMenu();
  }

  suggest() {
    const typed = this.input.value;
    if (typed.startsWith(`@${this.bot} `)) { this.ask(typed); return; }
    const fitting = /^\/\w*$/.test(typed) ? this.commands.filter(({ command }) => `/${command}`.startsWith(typed)) : [];
    if (fitting.length) this.showCommands(fitting); else this.closeMenu();
  }

  showCommands(commands) {
    clear(this.list, ...commands.map(({ command, description }) =>
      button(null, () => this.choose(command), {}, b(`/${command}`), span(description))));
    this.list.hidden = false;
    this.menu.setAttribute("aria-expanded", "true");
  }

  // ---- cards of goods, by the bot's name

  type(text) {
    this.input.value = text;
    this.grow();
    this.input.focus();
    this.suggest();
  }

  ask(typed) {
    clearTimeout(this.asking);
    this.asking = setTimeout(async () => {
      const { question, cards = [] } = await this.does.ask(typed.slice(this.bot.length + 2));
      if (this.input.value === typed) this.showCards(question, cards);
    }, 250);
  }

  showCards(question, cards) {
    clear(this.list, ...cards.map((card) => button(null, () => this.put(question, card), {}, b(card.title), span(card.description))));
    if (!cards.length) this.list.append(el("p", { text: "The bot has no card for these words." }));
    this.list.hidden = false;
  }

  put(question, card) {
    this.begin();
    this.does.choose(question, card.id);
  }

  closeMenu() {
    this.list.hidden = true;
    this.menu.setAttribute("aria-expanded", "false");
  }

  choose(command) {
    this.closeMenu();
    this.begin();
    this.does.say(`/${command}`, null);
    this.input.focus();
  }
}
