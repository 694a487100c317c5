// One Telegram message as a bubble: text, pictures, buttons that tap, reactions, quotes.
import { button, clockTime, el, size, toast } from "./dom.js";
import { act, get } from "./api.js";
import { formatted } from "./entities.js";
import { onLongPress, openMenu } from "./menu.js";

const REACTIONS = ["👍", "👎", "❤", "🔥", "👀", "👌", "🙏"];
const FILES = { document: "Document", video: "Video", audio: "Music", animation: "Animation", video_note: "Video note" };

// `view`: chat, me (user id of who looks), composer, nameOf(user id).
export function bubble(message, view) {
  const service = serviceText(message);
  if (service) return el("p", { class: "service" }, service);
  const mine = message.from.id === view.me;
  const kind = mine ? "mine" : message.from.is_bot ? "bot" : "other";
  const node = el("article", { class: `bubble ${kind}`, tabindex: -1 },
    el("header", {}, el("b", {}, mine ? `${message.from.first_name} (you)` : message.from.first_name), moreButton()),
    quoted(message),
    ...media(message),
    words(message),
    el("footer", {}, reactions(message, view), el("span", { class: "stamp" }, stamp(message))),
    keyboard(message, view));
  const open = (at) => openMenu(at, acts(message, view, mine));
  onLongPress(node, open);
  node.querySelector(".more").addEventListener("click", (event) => open(event.currentTarget));
  node.addEventListener("click", (event) => {
    if (!event.target.closest("button, a, audio, video, details") && getSelection().isCollapsed) quote(message, view);
  });
  return node;
}

const moreButton = () => el("button", { type: "button", class: "more", "aria-haspopup": "menu",
  "aria-label": "Actions for this message" }, "⋯");

const stamp = (message) => (message.edit_date ? "edited " : "") + clockTime(message.date * 1000);
export const wordsOf = (message) => message.text ?? message.caption ?? Object.keys(FILES).find((kind) => message[kind]) ??
  (message.photo ? "picture" : message.voice ? "voice note" : "message");
const quote = (message, view) => view.composer.quote(message.message_id, wordsOf(message));

function acts(message, view, mine) {
  const at = { chat_id: view.chat, message_id: message.message_id };
  const own = message.reactions.find((one) => one.user_id === view.me);
  const react = (emoji) => act("telegram/react", { ...at, user_id: view.me, emoji });
  return [
    { label: "Reply", act: () => quote(message, view) },
    mine && { label: "Edit", act: () => view.composer.edit(message.message_id, message.text ?? message.caption ?? "") },
    own && { label: `Take ${own.emoji} back`, act: () => react(null) },
    ...REACTIONS.map((emoji) => ({ label: emoji, look: "emoji", act: () => react(emoji) })),
    { label: "Delete (bots are not told)", act: () => act("telegram/delete", at) },
  ].filter(Boolean);
}

export function serviceText(message) {
  const who = message.from.first_name;
  if (message.forum_topic_created) return `${who} created the topic “${message.forum_topic_created.name}”`;
  if (message.forum_topic_closed) return `${who} closed the topic`;
  if (message.forum_topic_reopened) return `${who} reopened the topic`;
  if (message.forum_topic_edited) return `${who} renamed the topic to “${message.forum_topic_edited.name ?? "…"}”`;
  if (message.pinned_message) return `${who} pinned “${wordsOf(message.pinned_message).slice(0, 60)}”`;
  if (message.new_chat_members) return `${message.new_chat_members.map((one) => one.first_name).join(", ")} joined`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name} left`;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return "The group was upgraded to a supergroup";
  return "";
}

function quoted(message) {
  const original = message.reply_to_message;
  if (!original || original.forum_topic_created) return null;
  const said = message.quote?.text ?? wordsOf(original);
  return el("blockquote", { class: "reply" }, el("b", {}, original.from.first_name), el("span", {}, said.slice(0, 140)));
}

const fileAt = (id) => `/sandbox/page/files/${encodeURIComponent(id)}`;

function media(message) {
  const shown = [];
  if (message.photo) shown.push(el("img", { src: fileAt(message.photo.at(-1).file_id), alt: message.caption || "Picture" }));
  if (message.sticker) shown.push(el("img", { class: "sticker", src: fileAt(message.sticker.file_id), alt: "Sticker" }));
  if (message.voice) {
    shown.push(el("span", { class: "muted" }, message.voice.duration ? `Voice note, ${message.voice.duration} s` : "Voice note"),
      el("audio", { controls: true, preload: "none", src: fileAt(message.voice.file_id) }));
  }
  const kind = Object.keys(FILES).find((one) => message[one]);
  if (kind) {
    const file = message[kind];
    const label = `${FILES[kind]}: ${file.file_name ?? "file"} · ${size(file.file_size)}`;
    shown.push(el("a", { class: "file", href: fileAt(file.file_id), download: file.file_name ?? "" }, label));
  }
  for (const plain of ["location", "contact", "venue", "dice", "poll"]) {
    if (message[plain]) shown.push(el("pre", { class: "muted" }, `${plain}: ${JSON.stringify(message[plain], null, 1)}`));
  }
  return shown;
}

function words(message) {
  const text = message.text ?? message.caption;
  return text ? el("div", { class: "text" }, formatted(text, message.entities ?? message.caption_entities)) : null;
}

function reactions(message, view) {
  return message.reactions.map((one) =>
    el("span", { class: "reaction" }, `${one.emoji} ${view.nameOf(one.user_id)}`));
}

function keyboard(message, view) {
  const rows = message.reply_markup?.inline_keyboard;
  return rows ? el("div", { class: "keys" }, rows.map((row) => el("div", {}, row.map((key) => inline(key, message, view)))))
    : null;
}

function inline(key, message, view) {
  if (key.callback_data) return button(key.text, () => tap(key, message, view), { class: "inline" });
  if (/^https?:/.test(key.url ?? "")) {
    return el("a", { class: "inline", href: key.url, target: "_blank", rel: "noreferrer noopener" }, `${key.text} ↗`);
  }
  return button(key.text, () => {}, { class: "inline", disabled: true, title: "This kind of button does nothing here" });
}

async function tap(key, message, view) {
  const where = { chat_id: view.chat, message_id: message.message_id, user_id: view.me };
  const pressed = await act("telegram/tap", { ...where, data: key.callback_data });
  if (!pressed) return;
  if (pressed.update_id === null) toast("The bot has not asked for button presses", true);
  for (let wait = 150; wait < 3000; wait *= 2) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    const { answer } = await get(`telegram/taps/${pressed.callback_query_id}`).catch(() => ({}));
    if (!answer) continue;
    if (answer.text) toast(`Backstop: ${answer.text}`);
    return;
  }
  toast(`No answer to “${key.text}” yet: is Backstop running?`, true);
}
