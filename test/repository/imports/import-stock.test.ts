import { it } from "vitest";
import type { Call } from "../../../scripts/support/api.js";
import { previewCatalogue, uploadCatalogue } from "../../../scripts/support/upload-catalogue.js";

const PIECE = { body: "Handle,Title\na,A\n", numbers: [1] };

it("says with each piece, tried or written, where the quantities are, or that they are not to be read", async ({ expect }) => {
  const paths: string[] = [];
  const api = {
    url: "http://127.0.0.1:8787",
    send: ({ path }: Call) => {
      paths.push(path);
      return Promise.resolve({ status: 200, body: { import_id: null, totals: { rows: 1 }, rows: [], changes_left_out: 0 } });
    },
  };

  for (const send of [uploadCatalogue, previewCatalogue]) {
    await send(api, [PIECE], "csv", 0, { warehouse: "BLR 2", ignoresStock: true });
  }

  const [written, tried] = paths.map((path) => Object.fromEntries(new URL(path, "http://holdfast.test").searchParams));
  expect(written).toEqual({ warehouse_id: "BLR 2", stock: "ignore" });
  expect(tried).toEqual({ ...written, dry_run: "true" });
});
