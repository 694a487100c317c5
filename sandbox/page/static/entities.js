// A Telegram text with its entities as nodes. Offsets count UTF-16 units, as JavaScript's strings do.
import { el } from "./dom.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote",
  expandable_blockquote: "blockquote", spoiler: "span",
};
const SAFE = /^(https?:|mailto:|tel:)/i;

export function formatted(text, entities = []) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, sorted, 0, text.length);
}

// The nodes of text[from, to); an entity inside another becomes its child.
function pieces(text, entities, from, to) {
  const nodes = [];
  let place = from;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const end = Math.min(entity.offset + entity.length, to);
    const inside = others.filter((one) => one.offset < end);
    rest = others.filter((one) => one.offset >= end);
    if (entity.offset < place) continue;
    nodes.push(text.slice(place, entity.offset), wrapped(entity, text, pieces(text, inside, entity.offset, end)));
    place = end;
  }
  nodes.push(text.slice(place, to));
  return nodes.filter((node) => node !== "");
}

function wrapped(entity, text, children) {
  const words = text.slice(entity.offset, entity.offset + entity.length);
  const href = entity.url ?? { url: words, email: `mailto:${words}`, phone_number: `tel:${words}` }[entity.type];
  if (href && SAFE.test(href)) return el("a", { href, target: "_blank", rel: "noreferrer noopener" }, children);
  return el(TAGS[entity.type] ?? "span", { class: entity.type }, children);
}
