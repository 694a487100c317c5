// Starts the page: who listens to what.
import * as calls from "./calls.js";
import * as faults from "./faults.js";
import * as group from "./group.js";
import * as ledger from "./ledger.js";
import * as live from "./live.js";
import * as phone from "./phone.js";
import * as top from "./top.js";

const nobody = () => {}; // a read that failed is tried again at the next beat

top.start(group.refresh);
phone.start();
group.start();
ledger.start();
faults.start();

live.on("world", (world) => {
  top.begin(world).catch(nobody);
  ledger.begin();
  faults.begin(world);
  group.begin().then((members) => phone.begin(world, members)).catch(nobody);
});
live.on("entries", (entries) => {
  ledger.hear(entries);
  group.hear(entries);
  phone.hear(entries);
  if (entries.some((entry) => entry.flow === "fault")) faults.refresh().catch(nobody);
  if (entries.some((entry) => entry.provider === "twilio")) calls.read().catch(nobody);
});
live.on("beat", () => {
  top.beat().catch(nobody);
  phone.beat().catch(nobody);
});

await live.start();
