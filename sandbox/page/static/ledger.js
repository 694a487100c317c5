// The wire ledger: the last rows, filters, and what was sent and answered.
import { $, button, clockTime, el, following, toast, toEnd } from "./dom.js";
import { curl } from "./curl.js";

const ROWS = 500, KEPT = 2000;
let entries = [];

export function start() {
  following($("wire"));
  for (const id of ["by-provider", "by-flow"]) $(id).addEventListener("change", again);
  $("by-text").addEventListener("input", again);
}

export function begin() {
  entries = [];
  again();
}

export function hear(fresh) {
  entries.push(...fresh);
  entries = entries.slice(-KEPT);
  append(fresh.filter(wanted));
}

function again() {
  $("entries").replaceChildren();
  $("wire").atEnd = true;
  append(entries.filter(wanted));
}

function wanted(entry) {
  const words = $("by-text").value.trim().toLowerCase();
  return ($("by-provider").value || entry.provider) === entry.provider
    && ($("by-flow").value || entry.flow) === entry.flow
    && (!words || [entry.action, entry.destination, entry.rule, entry.outcome].join(" ").toLowerCase().includes(words));
}

function append(rows) {
  const box = $("wire"), body = $("entries");
  body.append(...rows.slice(-ROWS).map(line));
  const shown = body.querySelectorAll("tr.entry");
  for (const old of [...shown].slice(0, Math.max(0, shown.length - ROWS))) {
    old.detail?.remove();
    old.remove();
  }
  const count = Math.min(shown.length, ROWS);
  $("counted").textContent = count === entries.length ? `${count} entries` : `${count} of ${entries.length} entries`;
  $("no-entries").hidden = count > 0;
  box.querySelector("table").hidden = count === 0;
  if (box.atEnd && !body.querySelector(".detail")) toEnd(box); // nobody loses the entry being read
}

export const bad = (outcome) => typeof outcome === "number" ? outcome >= 400
  : /timeout|dropped|unreachable|error|unknown|no such|not/i.test(outcome);

function spoken(outcome) {
  if (outcome === "") return "";
  if (outcome === 429) return "429 too many";
  if (outcome >= 500) return `${outcome} failed`;
  if (outcome >= 400) return `${outcome} refused`;
  return outcome >= 200 && outcome < 300 ? `${outcome} ok` : String(outcome);
}

function line(entry) {
  const look = entry.flow === "fault" ? "fault" : entry.flow === "unmodelled" ? "unmodelled" : bad(entry.outcome) ? "failed" : "";
  const open = button(`${entry.number}`, null, { "aria-expanded": "false", "aria-label": `Entry ${entry.number}, open` });
  const cell = (name, text, more = {}) => el("td", { class: name, title: text, ...more }, String(text));
  const row = el("tr", { class: `entry ${look}` },
    el("td", { class: "number" }, open),
    cell("time", clockTime(entry.shows, true)), cell("provider", entry.provider), el("td", { class: "flow" },
      el("span", { class: `flag ${entry.flow}` }, entry.flow)),
    cell("action", entry.action), cell("destination", entry.destination), cell("outcome", spoken(entry.outcome)),
    cell("attempt", entry.attempt), cell("rule", entry.rule));
  row.addEventListener("click", () => {
    if (getSelection().isCollapsed) toggle(row, entry, open);
  });
  return row;
}

function toggle(row, entry, open) {
  if (row.detail) {
    row.detail.remove();
    row.detail = null;
  } else {
    row.detail = detail(entry);
    row.after(row.detail);
    row.detail.scrollIntoView({ block: "nearest" });
    row.scrollIntoView({ block: "nearest" });
  }
  open.setAttribute("aria-expanded", Boolean(row.detail));
}

function detail(entry) {
  const command = curl(entry);
  const answer = typeof entry.response === "string" ? entry.response : entry.response && JSON.stringify(entry.response, null, 2);
  return el("tr", { class: "detail" }, el("td", { colspan: 9 },
    el("p", {}, entry.rule ? el("b", {}, `Rule: ${entry.rule}. `) : "",
      `Real time ${entry.real}, outcome ${entry.outcome === "" ? "none" : entry.outcome}`),
    el("div", { class: "both" },
      part("Request", JSON.stringify(entry.request, null, 2)), part("Response", answer || "nothing")),
    command && el("div", {}, el("div", { class: "row" }, el("h4", {}, "As curl"), button("Copy as curl", () => copy(command))),
      el("pre", { tabindex: 0 }, command))));
}

const part = (title, text) => el("div", {}, el("h4", {}, title), el("pre", { tabindex: 0 }, text));

async function copy(command) {
  try {
    await navigator.clipboard.writeText(command);
    toast("Copied");
  } catch {
    toast("The browser does not let this page copy: select the command below", true);
  }
}
