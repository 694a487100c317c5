// Builds and updates elements. Text only ever enters as text nodes.

export const $ = (id) => document.getElementById(id);

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false && child !== ""));
  return node;
}

export const button = (label, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, label);

// Makes the children of `box` those of `items`, in order, rebuilding only what changed.
export function keyed(box, items, { key, build, stamp = JSON.stringify, empty = null }) {
  const known = new Map([...box.children].map((node) => [node.dataset.key, node]));
  const wanted = items.map((item) => settled(known.get(String(key(item))), item, { key, build, stamp }));
  if (!wanted.length && empty) wanted.push(empty());
  const stay = new Set(wanted);
  for (const node of [...box.children]) if (!stay.has(node)) node.remove();
  wanted.forEach((node, place) => {
    if (box.children[place] !== node) box.insertBefore(node, box.children[place] ?? null);
  });
  if (box.atEnd) toEnd(box);
}

function settled(node, item, { key, build, stamp }) {
  const now = stamp(item);
  if (node?.stamp === now) return node;
  const fresh = build(item);
  fresh.dataset.key = key(item);
  fresh.stamp = now;
  const focused = node?.contains(document.activeElement);
  node?.replaceWith(fresh);
  if (focused) (fresh.querySelector("button") ?? fresh).focus({ preventScroll: true });
  return fresh;
}

// From now on a box that is scrolled to its end stays there when it grows, shrinks or is shown again.
export function following(box) {
  box.atEnd = true;
  box.addEventListener("scroll", () => {
    if (box.clientHeight) box.atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  });
  new ResizeObserver(() => { if (box.atEnd) toEnd(box); }).observe(box);
}

export function toEnd(box) {
  box.atEnd = true;
  box.scrollTop = box.scrollHeight;
  // A picture that loads later makes the box longer.
  for (const picture of box.querySelectorAll("img")) {
    if (!picture.complete) picture.addEventListener("load", () => { if (box.atEnd) box.scrollTop = box.scrollHeight; }, { once: true });
  }
}

// Runs `work` soon, once for many wishes, never twice at the same time.
export function coalesced(work, gap = 120) {
  let timer = 0, busy = false, again = false;
  return function wish() {
    if (busy) { again = true; return; }
    timer ||= setTimeout(async () => {
      timer = 0; busy = true;
      try { await work(); } catch (error) { console.error(error); } finally {
        busy = false;
        if (again) { again = false; wish(); }
      }
    }, gap);
  };
}

export function toast(text, bad = false) {
  const line = el("p", { class: bad ? "toast bad" : "toast" }, text);
  $("toasts").append(line);
  setTimeout(() => line.remove(), bad ? 9000 : 5000);
}

export const clockTime = (moment, seconds = false) =>
  new Date(moment).toISOString().slice(11, seconds ? 23 : 16);

export function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 2 ** 20 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
