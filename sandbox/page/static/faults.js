// The faults panel: what is switched on, and one more.
import { $, button, el } from "./dom.js";
import { act, get, remove } from "./api.js";

const OUTWARD = ["duplicate", "reorder", "delay", "silence"];
const OTHERS = ["Messages.create", "Calls.create", "Media.fetch", "Indicators.typing", "Content.create", "message", "status",
  "voice", "call-status", "update", "RCPT", "DATA", "parse"];
let actions = {};

const form = $("fault-form");

export function start() {
  $("open-faults").addEventListener("click", () => { refresh(); $("faults").showModal(); });
  $("faults").querySelector(".close").addEventListener("click", () => $("faults").close());
  form.elements.action.addEventListener("change", fit);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await act("faults", asked())) refresh();
  });
}

export function begin(world) {
  actions = world.actions;
  form.elements.action.replaceChildren(...Object.keys(actions).map((name) =>
    el("option", { value: name, selected: name === "status" }, name.replaceAll("_", " "))));
  $("fault-methods").replaceChildren(...[...OTHERS, ...world.methods].map((name) => el("option", { value: name })));
  fit();
  refresh();
}

// Only the fields that the chosen action uses.
function fit() {
  const action = form.elements.action.value;
  $("fault-means").textContent = `${action.replaceAll("_", " ")}: ${actions[action].replaceAll(/`(\w+)`/g, "“$1”")}`;
  form.elements.flow.value = OUTWARD.includes(action) ? "webhook" : "call";
  for (const field of form.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.split(" ").includes(action);
}

function asked() {
  const fault = Object.fromEntries([...new FormData(form)].filter(([name, value]) =>
    value !== "" && !form.elements[name].closest("[data-for]")?.hidden));
  for (const name of ["times", "seconds", "status", "retry_after", "code", "times_each"]) {
    if (name in fault) fault[name] = Number(fault[name]);
  }
  return fault;
}

export async function refresh() {
  const { faults } = await get("faults");
  const on = faults.filter((fault) => fault.times !== 0);
  $("open-faults").textContent = on.length ? `Faults: ${on.length} on` : "Faults";
  $("open-faults").classList.toggle("on", on.length > 0);
  $("fault-list").replaceChildren(...(faults.length ? faults.map(shown) : [el("p", { class: "empty" },
    "No faults are on: every call and webhook gets through. Switch one on below to see how Backstop bears it.")]));
}

function shown(fault) {
  const where = [fault.provider || "any provider", fault.flow, fault.method || "any method", fault.destination]
    .filter(Boolean).join(" · ");
  const times = fault.times === 0 ? "used up" : fault.times < 0 ? "until removed" : `${fault.times} more`;
  const numbers = { status: fault.status, code: fault.code, duplicate: `${fault.times_each} copies` };
  const how = numbers[fault.action] ?? (fault.seconds ? `${fault.seconds} s` : "");
  return el("div", { class: fault.times === 0 ? "fault-row spent" : "fault-row" },
    el("p", {}, el("b", {}, `${fault.action.replaceAll("_", " ")} ${how}`.trim()), ` · ${where} · ${times}`),
    button("Remove", async () => { await remove("faults", { id: fault.id }); refresh(); },
      { "aria-label": `Remove ${fault.action.replaceAll("_", " ")}` }));
}
