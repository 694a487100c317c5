// Telephone calls: whoever's phone rings, what is said, the keypad.
import { $, button, clockTime, el, keyed } from "./dom.js";
import { act, get } from "./api.js";

const LIVE = ["queued", "ringing", "in-progress"];
const KEYS = [..."123456789*0#"];
let calls = [];

export async function read() { calls = (await get("twilio/calls")).calls; showLive(); }

const inbound = (call) => call.direction === "inbound";
const phoneOf = (call) => inbound(call) ? call.from : call.to;
export const callsOf = (number) => calls.filter((call) => phoneOf(call) === number);

export const callUs = (number) => act("twilio/call", { from: number });

function showLive() {
  const live = calls.filter((call) => LIVE.includes(call.status));
  keyed($("calls"), live, { key: (call) => call.sid, build: card });
}

function card(call) {
  const ringing = call.status !== "in-progress" && !inbound(call);
  const said = inbound(call) ? `${call.from} calls Backstop` : `${call.to} ${ringing ? "is ringing" : "is on the phone"}`;
  const send = (path, body = {}) => act(`twilio/${path}`, { sid: call.sid, ...body });
  return el("article", { class: `phone-call ${ringing ? "rings" : ""}`, "aria-label": `Call with ${phoneOf(call)}` },
    el("p", {}, el("b", {}, said), ringing ? "" : ` · ${call.status}`),
    transcript(call),
    ringing
      ? el("div", { class: "row" },
        button("Answer", () => send("answer"), { class: "good" }), button("Decline", () => send("hangup"), { class: "danger" }),
        button("Busy", () => send("answer", { behaviour: "busy" })),
        button("Voicemail", () => send("answer", { behaviour: "voicemail" })))
      : el("div", { class: "talking" },
        el("div", { class: "keypad", role: "group", "aria-label": "Keypad" },
          KEYS.map((key) => button(key, () => send("keys", { keys: key }), { "aria-label": `Key ${NAMES[key] ?? key}` }))),
        el("div", {}, speech(send), button("Hang up", () => send("hangup"), { class: "danger" }))));
}

const NAMES = { "*": "star", "#": "hash" };

function speech(send) {
  const words = el("input", { "aria-label": "Say on the phone", placeholder: "Say (for a recording)" });
  const form = el("form", { class: "row" }, words, el("button", {}, "Say"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (words.value.trim()) send("speak", { text: words.value.trim() });
    words.value = "";
  });
  return form;
}

function transcript(call) {
  if (!call.transcript.length) return null;
  return el("ol", { class: "transcript" }, call.transcript.map((line) => el("li", {}, heard(line))));
}

function heard(line) {
  const who = line.by === "twilio" ? "Backstop" : line.by;
  if (line.say) return `${who} says: “${line.say}”`;
  if (line.key) return `${who} presses ${line.key}`;
  if (line.play) return `${who} plays ${line.play}`;
  return `Connected with ${line.connected}`;
}

// A finished or running call in the list of calls.
export function row(call) {
  const what = inbound(call) ? "Called Backstop" : `Called by ${call.from}`;
  const length = call.duration ? `, ${call.duration} s` : "";
  return el("article", { class: `bubble ${inbound(call) ? "mine" : "bot"}` },
    el("header", {}, el("b", {}, what)),
    transcript(call),
    el("footer", {}, el("span", { class: "stamp" }, `${clockTime(call.date_created)} · ${call.status}${length}`)));
}
