// The top bar: rehearsal clock, reset; and which pane a small screen shows.
import { $ } from "./dom.js";
import { act, get } from "./api.js";
import { restart } from "./live.js";
import { ask } from "./menu.js";

const SHOWN = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit" });
let shows = "";

export function start(seen) {
  for (const [id, hours] of [["plus-1", 1], ["plus-24", 24]]) $(id).addEventListener("click", () => ahead(hours));
  $("open-reset").addEventListener("click", reset);
  for (const tab of $("views").children) {
    tab.addEventListener("click", () => { look(tab.dataset.view); seen(); });
  }
  look("phone");
}

export function begin(world) {
  $("plus-1").hidden = $("plus-24").hidden = !world.steerable;
  $("clock").title = world.steerable ? "What Backstop and the sandbox take for now"
    : "The real time. To turn the clock ahead, give Backstop and the sandbox the same CLOCK_FILE.";
  return beat();
}

export async function beat() {
  ({ shows } = await get("clock"));
  $("now").textContent = `${SHOWN.format(new Date(shows))} UTC`;
  $("now").dateTime = shows;
}

async function ahead(hours) {
  await beat();
  const then = new Date(new Date(shows).getTime() + hours * 3600e3).toISOString().replace("Z", "+00:00");
  if (await act("clock", { shows: then })) await beat();
}

async function reset() {
  const sure = await ask({ title: "Reset the sandbox?", yes: "Reset",
    text: "It forgets all messages, topics, faults and the ledger, and Telegram's webhook too: run `flask release` again "
      + "so that Backstop hears the group. Backstop's own tickets stay." });
  if (sure && await act("reset")) await restart();
}

function look(view) {
  document.body.dataset.view = view;
  for (const tab of $("views").children) tab.setAttribute("aria-current", tab.dataset.view === view ? "page" : "false");
}
