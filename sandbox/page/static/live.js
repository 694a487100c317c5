// Keeps the page in step with the sandbox: the ledger's stream, and a beat for what leaves no entry.
import { $ } from "./dom.js";
import { get } from "./api.js";

const BEAT = 1500;
const FIRST = 500; // entries shown from before the page was opened
const heard = { world: [], entries: [], beat: [] };
export let world = null;
let seen = 0, source = null, batch = [], timer = 0;

// `world`: everything is to be read anew; `entries`: new ledger entries; `beat`: every 1.5 s.
export const on = (name, listener) => heard[name].push(listener);
const tell = (name, facts) => heard[name].forEach((listener) => listener(facts));

export async function start() {
  try {
    await begin();
  } catch {
    say("not reachable, trying again", "bad");
  }
  setInterval(beat, BEAT);
}

async function begin() {
  source?.close();
  batch = [];
  world = await get("page/world");
  const { last } = await get("ledger", { after: 1e9 });
  seen = Math.max(0, last - FIRST);
  tell("world", world);
  listen();
}

function listen() {
  source = new EventSource(`/sandbox/ledger/stream?after=${seen}`);
  source.onopen = () => say("live", "good");
  source.onmessage = (event) => {
    const entry = JSON.parse(event.data);
    seen = entry.number;
    batch.push(entry);
    timer ||= setTimeout(flush, 40);
  };
  // The browser would ask again with the old number; the next beat opens a new one instead.
  source.onerror = () => { source.close(); source = null; say("connection lost, trying again", "bad"); };
}

function flush() {
  timer = 0;
  const entries = batch;
  batch = [];
  if (entries.length) tell("entries", entries);
}

async function beat() {
  if (document.hidden && source) return;
  try {
    const { last } = await get("ledger", { after: 1e9 });
    if (!world || last < seen) await begin(); // somebody else reset or restarted the sandbox
    else if (!source) listen();
    tell("beat");
  } catch {
    say("not reachable, trying again", "bad");
  }
}

export const restart = begin;

function say(text, state) {
  $("link").textContent = text;
  $("link").dataset.state = state;
}
