// The customer's phone: one person, four channels.
import { $, button, coalesced, el, following, keyed, toEnd } from "./dom.js";
import { act, get } from "./api.js";
import { Composer } from "./composer.js";
import * as calls from "./calls.js";
import * as people from "./people.js";
import * as telegram from "./telegram.js";
import * as twilio from "./twilio.js";

const UNDER_WAY = ["queued", "accepted", "sending", "sent"];
const NOTHING = {
  whatsapp: "No messages yet. Write as this customer below: Backstop gets a signed WhatsApp webhook.",
  sms: "No text messages yet. Write below: Backstop gets it as an SMS to its number.",
  telegram: "No Telegram chat yet. Press Start, as a person does with a new bot, or just write.",
  calls: "No calls. Call Backstop, or wait for it to ring this phone: ringing shows above on every tab.",
};
let channel = "whatsapp", world = null, waiting = false, names = new Map();
const looked = new Map(); // person and channel → last message of Backstop that was on the screen

const composer = new Composer($("write"), { label: "Write as the customer", log: $("talk"), send, attach });

export function start() {
  following($("talk"));
  $("person").addEventListener("change", () => { people.choose($("person").value); turn(); });
  $("add-person").addEventListener("click", async () => { if (await people.addByHand()) turn(); });
  for (const tab of tabs()) tab.addEventListener("click", () => { channel = tab.dataset.channel; turn(); });
  $("channels").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = tabs();
    const next = all[(all.findIndex((tab) => tab.dataset.channel === channel) + step + all.length) % all.length];
    next.focus();
    next.click();
  });
}

const tabs = () => [...$("channels").children];

export async function begin(facts, members) {
  world = facts;
  names = new Map(world.users.map((user) => [user.id, user.first_name]));
  await people.read(world, members);
  turn();
}

export function hear(entries) {
  people.learn(entries);
  twilio.learnWebhooks(entries);
  if (entries.some((entry) => entry.provider !== "mail")) refresh();
}

export async function beat() {
  await calls.read();
  if (waiting || channel === "calls") refresh();
}

export const refresh = coalesced(show);

// Another person or channel: a clean sheet.
function turn() {
  composer.calm();
  $("talk").replaceChildren();
  for (const tab of tabs()) {
    const here = tab.dataset.channel === channel;
    tab.setAttribute("aria-selected", here);
    tab.tabIndex = here ? 0 : -1;
  }
  $("write").hidden = channel === "calls";
  tools();
  show().then(() => toEnd($("talk"))).catch(() => {});
}

async function show() {
  const person = people.current(), shown = channel;
  if (!person) return;
  const rows = await read(person);
  if (shown !== channel || person !== people.current()) return;
  const view = { chat: person.userId, me: person.userId, composer, say,
    name: person.name || person.number, nameOf: (id) => names.get(id) ?? person.name };
  const empty = () => el("p", { class: "empty" }, person.number || channel === "telegram" ? NOTHING[channel]
    : `${person.name} has no phone number here: use the Telegram tab, or add a customer with a number.`);
  const build = { telegram: (row) => telegram.bubble(row, view), calls: calls.row }[channel] ?? ((row) => twilio.bubble(row, view));
  const key = (row) => row.sid ?? row.message_id;
  keyed($("talk"), rows, { key, build, stamp: channel === "telegram" ? JSON.stringify : twilio.stampOf, empty });
}

async function read(person) {
  if (channel === "telegram") return read_telegram(person);
  if (channel === "calls") return calls.callsOf(person.number);
  if (!person.number) return [];
  const { messages } = await get("twilio/messages", { address: person.number });
  const by = { whatsapp: [], sms: [] };
  for (const row of messages) by[(row.from ?? row.to).startsWith("whatsapp:") ? "whatsapp" : "sms"].push(row);
  badges(person, by);
  waiting = by[channel].some((row) => UNDER_WAY.includes(row.status));
  return by[channel];
}

async function read_telegram(person) {
  const { chats } = await get("telegram/chats");
  if (!chats.some((chat) => chat.id === person.userId)) return [];
  return (await get(`telegram/chats/${person.userId}`)).messages;
}

// A message that came on the other channel is told by a word on its tab.
function badges(person, by) {
  for (const [name, rows] of Object.entries(by)) {
    const last = rows.filter((row) => row.direction !== "inbound").at(-1)?.sid;
    const key = `${person.key} ${name}`;
    if (name === channel || !looked.has(key)) looked.set(key, last);
    const tab = tabs().find((one) => one.dataset.channel === name);
    tab.replaceChildren(...(name === "sms" ? ["SMS"] : ["WhatsApp"]),
      ...(looked.get(key) !== last ? [el("span", { class: "badge" }, "new")] : []));
  }
}

function tools() {
  const person = people.current();
  const box = $("phone-tools");
  box.replaceChildren();
  if (!person) return;
  if (channel === "telegram") box.append(button("Start", () => speak({ text: "/start" })), `as user ${person.userId}`);
  else if (channel === "calls" && person.number) box.append(button("Call Backstop", () => calls.callUs(person.number)));
  else if (person.number) box.append(senders());
}

// Which of our numbers the person writes to.
function senders() {
  const numbers = world.numbers.filter((row) => channel !== "whatsapp" || row.whatsapp);
  if (numbers.length < 2) return el("span", {}, numbers.length ? `to ${numbers[0].number}` : "Backstop has no such number");
  return el("label", {}, "to ", el("select", { id: "ours" }, numbers.map((row) => el("option", {}, row.number))));
}

function say(more) {
  const person = people.current();
  if (!person.number) return null;
  const to = $("ours")?.value ?? world.numbers.find((row) => channel !== "whatsapp" || row.whatsapp)?.number;
  return act("twilio/say", { from: person.number, to, channel, name: person.name, wait: false, ...more });
}

function speak(more) {
  const { userId, name, number } = people.current();
  const who = { chat_id: userId, user_id: userId, first_name: name || number };
  return act("telegram/say", { ...who, ...more });
}

async function send(text, { quote, edit }) {
  const { userId } = people.current();
  if (edit) return act("telegram/edit", { chat_id: userId, message_id: edit, text });
  if (channel === "telegram") return speak({ text, ...(quote ? { reply_to_message_id: quote } : {}) });
  return say({ body: text, ...(quote ? { reply_to: quote } : {}) });
}

export const asTelegram = (sample, caption) =>
  ({ [{ screenshot: "photo" }[sample] ?? sample]: sample, ...(caption ? { caption } : {}) });

async function attach(sample, caption, { quote }) {
  if (channel === "telegram") return speak({ ...asTelegram(sample, caption), ...(quote ? { reply_to_message_id: quote } : {}) });
  return say({ media: [sample], body: caption, ...(quote ? { reply_to: quote } : {}) });
}
