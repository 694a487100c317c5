// The agents' group: topics, the messages of one, and agents who act.
import { $, coalesced, el, following, keyed, toEnd } from "./dom.js";
import { act, get } from "./api.js";
import { Composer } from "./composer.js";
import { ask, openMenu } from "./menu.js";
import { asTelegram } from "./phone.js";
import { bubble, serviceText, wordsOf } from "./telegram.js";

let chat = null, chatId = 0, open = 0, me = 0;
const seen = new Map(); // topic → newest message that was on the screen

const composer = new Composer($("post"), { label: "Write in the topic", log: $("posts"), send, attach });

export function start() {
  following($("posts"));
  $("back").addEventListener("click", () => { $("desk").dataset.open = "list"; });
  $("chat").addEventListener("change", () => { chatId = Number($("chat").value); open = 0; seen.clear(); refresh(); });
  $("new-topic").addEventListener("click", newTopic);
  $("topic-state").addEventListener("click", () => change(topic().closed ? "reopen" : "close"));
  $("topic-more").addEventListener("click", () => openMenu($("topic-more"), [
    { label: "Rename", act: rename },
    { label: "Delete (behind the bot's back)", act: () => change("delete") },
  ]));
}

// Everything anew; answers with the people of all groups.
export async function begin() {
  seen.clear();
  const { chats } = await get("telegram/chats");
  const groups = chats.filter((one) => one.type !== "private");
  if (!groups.some((one) => one.id === chatId)) { chatId = groups.find((one) => one.is_forum)?.id ?? groups[0]?.id ?? 0; open = 0; }
  $("chat").replaceChildren(...groups.map((one) => el("option", { value: one.id, selected: one.id === chatId }, one.title)));
  $("chat").hidden = groups.length < 2;
  if (!chatId) return [];
  await read();
  for (const one of chat.topics) seen.set(one.message_thread_id, newest(one));
  show();
  return chat.members.map((member) => member.user).filter((user) => !user.is_bot);
}

export function hear(entries) {
  if (entries.some((entry) => entry.provider === "telegram")) refresh();
}

export const refresh = coalesced(async () => { if (chatId) { await read(); show(); } });

async function read() {
  chat = await get(`telegram/chats/${chatId}`);
  if (!chat.topics.length) chat.topics = [{ message_thread_id: 0, name: chat.title, messages: chat.messages }];
  const agents = chat.members.filter((one) => !one.user.is_bot && one.status !== "left" && one.status !== "kicked");
  if (!agents.some((one) => one.user.id === me)) me = agents[0]?.user.id ?? 0;
  actors(agents);
}

const topic = () => chat?.topics.find((one) => one.message_thread_id === open);
const newest = (one) => one.messages.at(-1)?.message_id ?? 0;
const nameOf = (id) => chat.members.find((one) => one.user.id === id)?.user.first_name ?? `User ${id}`;

function actors(agents) {
  const radio = ({ user }) => el("label", {}, el("input", {
    type: "radio", name: "actor", value: user.id, checked: user.id === me,
    onchange: () => { me = user.id; composer.calm(); show(); },
  }), user.first_name);
  keyed($("actors"), [{ user: null }, ...agents], {
    key: ({ user }) => user?.id ?? "legend",
    stamp: ({ user }) => user?.first_name ?? "",
    build: (one) => one.user ? radio(one) : el("legend", {}, "Act as"),
  });
}

function show() {
  if (!topic()) open = [...chat.topics].sort((a, b) => newest(b) - newest(a))[0]?.message_thread_id ?? 0;
  const here = topic(), visible = $("posts").offsetParent !== null;
  if (here && visible) seen.set(open, newest(here));
  const sorted = [...chat.topics].sort((a, b) => newest(b) - newest(a));
  keyed($("topics"), sorted, { key: (one) => one.message_thread_id, build: entry, stamp: stampOfTopic });
  const unread = sorted.reduce((sum, one) => sum + unreadIn(one), 0);
  $("group-badge").textContent = `${unread} new`;
  $("group-badge").hidden = !unread;
  if (here) showTopic(here);
}

function showTopic(here) {
  $("topic-name").textContent = here.name;
  const real = open > 1;
  $("topic-state").hidden = $("topic-more").hidden = !real;
  $("topic-state").textContent = here.closed ? "Reopen" : "Close";
  const view = { chat: chatId, me, composer, nameOf };
  keyed($("posts"), here.messages, {
    key: (message) => `${open}:${message.message_id}`,
    build: (message) => bubble(message, view),
    stamp: (message) => `${me} ${JSON.stringify(message)}`,
    empty: () => el("p", { class: "empty" }, open > 1 ? "Nothing in this topic yet."
      : "Nothing here yet. When a customer writes on the phone, Backstop opens a topic for the ticket; it shows in the list."),
  });
}

const unreadIn = (one) => one.messages.filter((row) => row.message_id > (seen.get(one.message_thread_id) ?? 0)).length;
const stampOfTopic = (one) =>
  JSON.stringify([one.name, one.closed, unreadIn(one), one.message_thread_id === open, lastWords(one)]);

function lastWords(one) {
  const last = one.messages.at(-1);
  return last ? serviceText(last) || `${last.from.first_name}: ${wordsOf(last)}` : "no messages";
}

function entry(one) {
  const unread = unreadIn(one);
  return el("button", { type: "button", "aria-current": one.message_thread_id === open ? "true" : false, onclick: () => enter(one) },
    el("span", { class: "name" }, one.name),
    unread ? el("span", { class: "badge" }, `${unread} new`) : null,
    one.closed ? el("span", { class: "badge grey" }, "closed") : null,
    el("span", { class: "last" }, lastWords(one).slice(0, 80)));
}

function enter(one) {
  open = one.message_thread_id;
  $("desk").dataset.open = "topic";
  composer.calm();
  show();
  toEnd($("posts"));
}

const change = (action, more = {}) =>
  act("telegram/topics", { chat_id: chatId, message_thread_id: open, user_id: me, action, ...more });

async function newTopic() {
  const made = await ask({ title: "New topic", yes: "Create", fields: [{ name: "name", label: "Name", maxlength: 128 }] });
  if (made) await act("telegram/topics", { chat_id: chatId, user_id: me, action: "create", name: made.name });
}

async function rename() {
  const field = { name: "name", label: "Name", maxlength: 128, value: topic().name };
  const made = await ask({ title: "Rename the topic", yes: "Rename", fields: [field] });
  if (made) await change("edit", { name: made.name });
}

function say(more, quote) {
  const where = { chat_id: chatId, user_id: me, ...(open ? { message_thread_id: open } : {}) };
  return act("telegram/say", { ...where, ...more, ...(quote ? { reply_to_message_id: quote } : {}) });
}

async function send(text, { quote, edit }) {
  if (edit) return act("telegram/edit", { chat_id: chatId, message_id: edit, text });
  return say({ text }, quote);
}

async function attach(sample, caption, { quote }) {
  return say(asTelegram(sample, caption), quote);
}
