// A ledger entry as a command that does the same again; null where the entry does not hold all it takes.
import { world } from "./live.js";

const ACCOUNT = { "Messages.create": "Messages", "Messages.list": "Messages", "Calls.create": "Calls", "Calls.list": "Calls",
  "IncomingPhoneNumbers.list": "IncomingPhoneNumbers", "Recordings.list": "Recordings" };
const ELSEWHERE = { "Content.create": "/v1/Content", "Content.list": "/v1/Content" };

export function curl(entry) {
  const { provider, flow, action, request } = entry;
  if (flow === "call" && provider === "telegram" && action !== "download") {
    return json(`/bot${world.credentials.bot_token}/${action}`, request);
  }
  if (flow === "call" && provider === "twilio") return rest(action, request);
  if (flow === "webhook") return webhook(provider, request);
  if (flow === "person" && provider === "telegram") return json(`/sandbox/telegram/${action}`, request);
  if (flow === "person" && action === "says") return json("/sandbox/twilio/say", said(request));
  if (flow === "person" && action === "reads") return json("/sandbox/twilio/read", request);
  return null;
}

const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
const lines = (...parts) => parts.join(" \\\n  ");

const json = (path, body) => lines(`curl -X POST ${quoted(location.origin + path)}`,
  "-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);

function rest(action, request) {
  const { sid, auth_token } = world.credentials;
  const path = ACCOUNT[action] ? `/2010-04-01/Accounts/${sid}/${ACCOUNT[action]}.json` : ELSEWHERE[action];
  if (!path) return null;
  const who = `-u ${quoted(`${sid}:${auth_token}`)}`;
  if (action === "Content.create") return `${json(path, request)} ${who}`;
  const fields = Object.entries(request).flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`));
  const verb = action.endsWith(".list") ? "curl -G" : "curl -X POST";
  return lines(`${verb} ${quoted(location.origin + path)} ${who}`, ...fields.map((one) => `--data-urlencode ${quoted(one)}`));
}

// Webhooks are signed: the sandbox is asked to post the same once more.
function webhook(provider, request) {
  if (provider === "telegram") return json("/sandbox/telegram/update", { update: request });
  const { url, ...fields } = request;
  if (provider !== "twilio" || !fields.AccountSid) return null;
  return json("/sandbox/twilio/webhook", { fields, url });
}

function said(message) {
  const channel = message.from.startsWith("whatsapp:") ? "whatsapp" : "sms";
  return { from: message.from.replace("whatsapp:", ""), to: message.to.replace("whatsapp:", ""), channel, body: message.body };
}
