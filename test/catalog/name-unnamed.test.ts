import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { nameUnnamed } from "../../src/catalog/choose-names.ts";
import { createdProduct } from "../support/shop/catalog.ts";
import { faultyWorker } from "../support/faults.ts";
import { get, patch } from "../support/http/requests.ts";

const URL = "/api/v1/products";
const ADMIN = { admin: true };

interface Shown {
  product_id: string;
  slug: string;
}

async function shown(path: string): Promise<Shown> {
  return (await get(`${URL}/${path}`)).json();
}

describe("a product of an earlier release", () => {
  /** As a Worker that knows no slugs writes it. */
  async function former(productId: string, name: string, category: string | null = null): Promise<void> {
    const insert = `INSERT INTO products (product_id, name, category, status, is_bundle, price_minor, created_at_ms, updated_at_ms)
      VALUES (?, ?, ?, 'active', 0, 100, 1, 1)`;
    await env.DB.prepare(insert).bind(productId, name, category).run();
  }

  it("is shown and found by its id until the cron names it", async ({ expect }) => {
    await former("former-1", "Ärger");
    expect([(await shown("former-1")).slug, (await shown("by-slug/former-1")).product_id]).toEqual(["former-1", "former-1"]);

    await nameUnnamed(faultyWorker().deps);

    expect((await shown("by-slug/arger")).product_id).toBe("former-1");
    expect((await get(`${URL}/by-slug/former-1`)).status).toBe(404);
  });

  it("gets a slug of its own beside others of the name, once, and its category an id", async ({ expect }) => {
    await createdProduct({ name: "Ghee" });
    await former("former-2", "Ghee", "Fats & Oils");
    await former("former-3", "Ghee", "Fats & Oils");

    await Promise.all([nameUnnamed(faultyWorker().deps), nameUnnamed(faultyWorker().deps)]);
    await nameUnnamed(faultyWorker().deps);

    const { results } = await env.DB.prepare("SELECT slug FROM products WHERE name = 'Ghee' ORDER BY rowid").all();
    expect(results).toEqual([{ slug: "ghee" }, { slug: "ghee-former-2" }, { slug: "ghee-former-3" }]);
    const kept = env.DB.prepare("SELECT category_id FROM categories WHERE name = 'Fats & Oils'");
    expect(await kept.first("category_id")).toBe("fats-and-oils");
  });

  it("is sorted by its name in lower case, also after such a Worker has changed it", async ({ expect }) => {
    const sortName = async (productId: string) =>
      env.DB.prepare("SELECT sort_name FROM products WHERE product_id = ?").bind(productId).first("sort_name");
    await former("former-4", "Zimt");
    expect(await sortName("former-4")).toBe("zimt");
    await nameUnnamed(faultyWorker().deps);
    expect(await sortName("former-4")).toMatch(/^zimt\t[0-9a-f]{8}$/);

    await env.DB.prepare("UPDATE products SET name = 'Anis' WHERE product_id = 'former-4'").run();
    expect(await sortName("former-4")).toBe("anis");

    await patch(`${URL}/former-4`, { name: "Änis" }, ADMIN);
    expect(await sortName("former-4")).toMatch(/^anis\t/);
  });
});
