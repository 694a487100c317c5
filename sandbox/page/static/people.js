// The customers the page knows: from the configuration, the ledger, and those added by hand.
import { $, el } from "./dom.js";
import { get } from "./api.js";
import { ask } from "./menu.js";

const SHELF = "backstop.sandbox.people";
const SAMPLE = { number: "+34600000001", name: "Tolu" };
const people = new Map(); // by number, or by tg:<id> for somebody without a number
let agents = new Set();
let chosen = "";

const shelf = () => JSON.parse(localStorage.getItem(SHELF) ?? "[]");
// One person has one Telegram account, whose id is made from the number, so that nothing needs to be remembered.
export const userIdOf = (number) => Number(number.replace(/\D/g, "").slice(-9));

export const current = () => people.get(chosen) ?? [...people.values()][0];

export async function read(world, members) {
  people.clear();
  agents = new Set(members.map((member) => member.id));
  for (const row of shelf()) add(row.number, row.name);
  const [{ messages }, { chats }] = await Promise.all([get("twilio/messages"), get("telegram/chats")]);
  for (const message of messages) meet(message.direction === "inbound" ? message.from : message.to);
  const private_ = chats.filter((chat) => chat.type === "private");
  for (const user of [...world.users.filter((user) => !user.is_bot), ...private_]) meetUser(user);
  if (![...people.values()].some((person) => person.number)) add(SAMPLE.number, SAMPLE.name);
  if (!people.has(chosen)) chosen = [...people.values()].find((person) => person.number).key;
  render();
}

// Learns of people from entries of the ledger.
export function learn(entries) {
  const before = people.size;
  let named = false;
  for (const { provider, flow, action, request } of entries) {
    if (provider === "twilio" && flow === "person" && request.from) meet(request.from);
    if (provider === "twilio" && flow === "call" && action === "Messages.create" && request.To) meet(request.To);
    if (provider === "twilio" && request.ProfileName) named = name(request.From, request.ProfileName) || named;
    if (provider === "telegram" && flow === "person" && request.chat_id > 0) {
      meetUser({ id: request.user_id, first_name: request.first_name ?? `User ${request.user_id}` });
    }
  }
  if (named || people.size !== before) render();
}

function name(address, profile) {
  const person = people.get(bare(address));
  if (!person || person.name || profile === "Sandbox") return false;
  person.name = profile;
  return true;
}

const bare = (address) => address.replace(/^whatsapp:/, "");

function meet(address) {
  if (!people.has(bare(address))) add(bare(address), "");
}

function meetUser(user) {
  const same = [...people.values()].some((person) => person.userId === user.id);
  if (!same) people.set(`tg:${user.id}`, { key: `tg:${user.id}`, number: "", name: user.first_name, userId: user.id });
}

function add(number, name) {
  people.set(number, { key: number, number, name, userId: userIdOf(number) });
  people.delete(`tg:${userIdOf(number)}`);
}

export async function addByHand() {
  const made = await ask({
    title: "Add a customer",
    text: "One person with WhatsApp, SMS and Telegram. Use a number of the imported studios to be known to Backstop.",
    yes: "Add",
    fields: [
      { name: "name", label: "Name", autocomplete: "off" },
      { name: "number", label: "Phone number", type: "tel", pattern: "\\+[1-9]\\d{6,14}", placeholder: "+34600000002",
        title: "in international form, like +34600000002", autocomplete: "off" },
    ],
  });
  if (!made) return false;
  const rest = shelf().filter((row) => row.number !== made.number);
  localStorage.setItem(SHELF, JSON.stringify([...rest, { number: made.number, name: made.name }].slice(-50)));
  add(made.number, made.name);
  chosen = made.number;
  render();
  return true;
}

export function choose(key) { chosen = key; }

function render() {
  const option = (person) => el("option", { value: person.key, selected: person.key === chosen }, label(person));
  const all = [...people.values()];
  const [staff, customers] = [all.filter((one) => agents.has(one.userId)), all.filter((one) => !agents.has(one.userId))];
  $("person").replaceChildren(
    el("optgroup", { label: "Customers" }, customers.map(option)),
    staff.length ? el("optgroup", { label: "Agents, in private" }, staff.map(option)) : "",
  );
}

const label = ({ name, number, userId }) => [name, number || `Telegram ${userId}`].filter(Boolean).join(" · ");
