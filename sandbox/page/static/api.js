// The control interface of docs/sandbox.md.
import { toast } from "./dom.js";

async function call(path, options) {
  const answer = await fetch(`/sandbox/${path}`, options);
  const body = await answer.json().catch(() => ({ error: `HTTP ${answer.status}` }));
  if (!answer.ok) throw new Error(body.error ?? `HTTP ${answer.status}`);
  return body;
}

export const get = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`);
export const post = (path, body = {}) =>
  call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
export const remove = (path, query = {}) => call(`${path}?${new URLSearchParams(query)}`, { method: "DELETE" });

// An act of the person at the page: true if it went well, else what was wrong is said.
export async function act(path, body) {
  try {
    return await post(path, body);
  } catch (error) {
    toast(error.message, true);
    return null;
  }
}
