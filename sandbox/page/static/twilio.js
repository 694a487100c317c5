// One WhatsApp or SMS message as a bubble, with its status in ticks and in words.
import { button, clockTime, el, size } from "./dom.js";
import { act } from "./api.js";

const TICKS = { queued: "○", accepted: "○", scheduled: "○", sending: "○", sent: "✓", delivered: "✓✓", read: "✓✓",
  failed: "✕", undelivered: "✕", canceled: "✕" };
const taken = new Map(); // sid of an inbound message → what the product's webhook answered

// Notes from the ledger whether Backstop took a customer's message.
export function learnWebhooks(entries) {
  for (const { provider, flow, action, request, outcome } of entries) {
    if (provider === "twilio" && flow === "webhook" && action === "message" && request.MessageSid) {
      taken.set(request.MessageSid, outcome);
      if (taken.size > 2000) taken.delete(taken.keys().next().value);
    }
  }
}

// What a bubble shows that is not in the message itself.
export const stampOf = (message) => JSON.stringify(message) + (taken.get(message.sid) ?? "");

// `view`: name of the person, composer, say(body).
export function bubble(message, view) {
  const mine = message.direction === "inbound";
  const whatsapp = message.to.startsWith("whatsapp:");
  const readable = !mine && whatsapp && !["read", "failed", "undelivered", "canceled"].includes(message.status);
  const node = el("article", { class: `bubble ${mine ? "mine" : "bot"}`, tabindex: -1 },
    el("header", {}, el("b", {}, mine ? view.name : "Backstop")),
    ...message.media.map(media),
    message.body ? el("div", { class: "text" }, message.body) : null,
    el("footer", {}, el("span", { class: "stamp" }, clockTime(message.date_created)), mine ? received(message) : state(message)),
    message.buttons.length ? el("div", { class: "keys" }, message.buttons.map((one) => tappable(one, message, view))) : null,
    readable ? button("Read it", () => act("twilio/read", { sid: message.sid }), { class: "small" }) : null);
  if (whatsapp) {
    node.addEventListener("click", (event) => {
      if (event.target.closest("button, a, audio, video") || !getSelection().isCollapsed) return;
      view.composer.quote(message.sid, message.body || "attachment");
    });
  }
  return node;
}

function state(message) {
  const { status } = message;
  const look = TICKS[status] === "✕" ? "bad" : status === "read" ? "read" : "";
  const why = message.error_code ? ` ${message.error_code}: ${message.error_message ?? ""}` : "";
  return el("span", { class: `tick ${look}` }, `${TICKS[status] ?? ""} ${status}${why}`);
}

function received(message) {
  const outcome = taken.get(message.sid);
  if (outcome === undefined) return el("span", { class: "tick" }, "✓ sent");
  if (outcome >= 200 && outcome < 300) return el("span", { class: "tick" }, "✓✓ Backstop has it");
  return el("span", { class: "tick bad" }, `✕ not taken by Backstop: ${outcome}`);
}

function media({ url, content_type: type, size: bytes }) {
  if (type.startsWith("image/")) return el("img", { src: url, alt: "Picture" });
  if (type.startsWith("audio/")) {
    return el("div", {}, el("span", { class: "muted" }, "Voice note"), el("audio", { controls: true, preload: "none", src: url }));
  }
  return el("a", { class: "file", href: url, target: "_blank", rel: "noopener" }, `File: ${type} · ${size(bytes)}`);
}

function tappable(one, message, view) {
  return el("div", {}, button(one.text, () => view.say({ button: one, reply_to: message.sid }), { class: "inline" }));
}
