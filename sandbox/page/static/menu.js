// A small menu at a button, and a dialog that asks.
import { $, button, el } from "./dom.js";

// `items`: {label, act} or null for a line; `at` is an element or a pointer event.
export function openMenu(at, items) {
  const menu = $("menu");
  menu.replaceChildren(...items.map((item) => item
    ? button(item.label, () => { menu.hidePopover(); item.act(); }, { role: "menuitem", class: item.look ?? "" })
    : el("hr")));
  menu.showPopover();
  const box = at.getBoundingClientRect?.() ?? { left: at.clientX, bottom: at.clientY, top: at.clientY };
  const below = box.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4)}px`;
  menu.querySelector("button")?.focus();
}

$("menu").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...$("menu").querySelectorAll("button")];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
});

// Opens `open` on right-click and on a long press.
export function onLongPress(node, open) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  node.addEventListener("contextmenu", (event) => { event.preventDefault(); stop(); open(event); });
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") timer = setTimeout(() => open(event), 550);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) node.addEventListener(end, stop);
}

// Asks in a dialog: `fields` are {name, label, value, ...attributes}; the values, or null if cancelled.
export function ask({ title, text = "", yes, fields = [] }) {
  const dialog = $("ask"), form = dialog.querySelector("form");
  form.querySelector("h2").textContent = title;
  form.querySelector("p").textContent = text;
  form.querySelector(".main").textContent = yes;
  form.querySelector(".fields").replaceChildren(...fields.map(({ label, ...rest }) =>
    el("label", {}, label, el("input", { required: true, ...rest }))));
  dialog.returnValue = "";
  dialog.showModal();
  // Enter in a field means yes, though Cancel comes first.
  form.onkeydown = (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    form.querySelector(".main").click();
  };
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue ? Object.fromEntries(new FormData(form)) : null);
  });
}
