// The line people write in: text, attachment, what is quoted or edited.
import { button, el } from "./dom.js";
import { openMenu } from "./menu.js";

export const SAMPLES = [
  ["Picture (screenshot)", "screenshot"], ["Photo", "photo"], ["Voice note", "voice"], ["Document (PDF)", "document"],
  ["Video", "video"],
];

// `log` is the box of messages; `send(text, {quote, edit})` and `attach(sample, caption, {quote})` answer falsy if it did not work.
export class Composer {
  constructor(form, { label, log, send, attach }) {
    this.form = form;
    this.log = log;
    this.send = send;
    this.attach = attach;
    this.strip = el("div", { class: "strip", hidden: true });
    this.text = el("textarea", { rows: 1, "aria-label": label, placeholder: label });
    this.clip = button("Attach", () => this.choose(), { "aria-haspopup": "menu" });
    this.go = el("button", { class: "main" }, "Send");
    form.append(this.strip, this.clip, this.text, this.go);
    form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("input", () => this.grow());
    this.calm();
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, 120)}px`;
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      this.calm();
    }
  }

  async submit() {
    const text = this.text.value.trim();
    if (!text) { this.text.focus(); return; }
    this.text.value = "";
    this.grow();
    const with_ = { quote: this.quoted, edit: this.edited };
    this.calm();
    this.log.atEnd = true; // one sees what one says
    if (await this.send(text, with_)) return;
    if (!this.text.value) this.text.value = text; // give back what could not be said
    this.grow();
  }

  choose() {
    openMenu(this.clip, SAMPLES.map(([label, sample]) => ({ label, act: () => this.attachOne(sample) })));
  }

  async attachOne(sample) {
    const caption = this.text.value.trim(), quote = this.quoted;
    if (!await this.attach(sample, caption, { quote })) return;
    this.text.value = "";
    this.calm();
  }

  quote(id, words) { this.show("Replying to", words); this.quoted = id; }

  edit(id, words) {
    this.show("Editing", words);
    this.edited = id;
    this.text.value = words;
    this.grow();
  }

  show(what, words) {
    this.calm();
    const shown = el("span", {}, `${what}: ${words.slice(0, 90)}`);
    this.strip.replaceChildren(shown, button("Cancel", () => { this.text.value = ""; this.calm(); }));
    this.strip.hidden = false;
    this.text.focus();
  }

  calm() {
    this.quoted = this.edited = null;
    this.strip.hidden = true;
  }
}
