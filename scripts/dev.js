import { claimFolder, holderOf } from "./support/claim.js";
import { runScript, failure } from "./support/failure.js";
import { readDevVar } from "./support/dev-vars.js";
import { isEmptyShop, seedShop } from "./support/seed-shop.js";
import { freePort, portOf, prepare, startServer } from "./support/server.js";
import { ownApi } from "./support/target.js";

/** `npm run dev`: turns a fresh clone into a running shop with data. PORT selects another port. */
await runScript(async () => {
  const claim = await claimFolder();
  // Two servers on one stored state would both sell its units.
  if (claim === undefined) throw failure(`Holdfast runs here already${await describeHolder()}. Stop it first.`);
  const port = await freePort(portOf(process.env.PORT));
  await prepare();
  const server = await startServer(port);
  claim.setUrl(server.url);
  try {
    const api = ownApi(server);
    if (await isEmptyShop(api)) await seedShop(api);
  } catch (error) {
    await server.stop();
    throw error;
  }
  console.log(welcome(server.url, readDevVar("ADMIN_TOKEN") ?? ""));
  server.showLog();
  process.exit(await server.exitCode);
});

async function describeHolder() {
  const holder = await holderOf();
  if (typeof holder !== "object") return "";
  return holder.url === undefined ? `, and is starting (process ${holder.pid})` : `, at ${holder.url} (process ${holder.pid})`;
}

/** @param {string} url @param {string} adminToken */
function welcome(url, adminToken) {
  return `
Holdfast listens at  ${url}
API reference        ${url}/docs

Place an order as a guest:

  curl -s ${url}/api/v1/orders -H 'Content-Type: application/json' \\
    -d '{"customer_name":"Asha","postal_code":"560034","items":[{"product_id":"prod-001","quantity":2}]}'

Book in five units of tomatoes as the admin:

  curl -s -X PUT ${url}/api/v1/inventory/products/prod-006/stock \\
    -H 'Authorization: Bearer ${adminToken}' -H 'Content-Type: application/json' \\
    -d '{"quantity":5,"movement_type":"in","reason":"Fresh delivery"}'

Press Ctrl-C to stop. Requests are logged below.
`;
}
