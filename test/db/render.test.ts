import { getTableColumns, sql } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { it } from "vitest";
import { rowJson } from "../../src/db/json.ts";
import { render } from "../../src/db/render.ts";
import { fenceHolds, findRecord } from "../../src/orders/queries.ts";
import { orders } from "../../src/orders/tables.ts";

const dialect = new SQLiteAsyncDialect();

it("renders every part of a template as drizzle does", ({ expect }) => {
  const columns = Object.values(getTableColumns(orders));
  const parts = [
    sql`${orders.orderId} = ${"a"}`,
    sql`${sql.identifier("notes")} IS ${null}`,
    sql`status IN ${["PENDING", "EXPIRED"]}`,
    sql.raw("true"),
  ];
  const statement = sql`SELECT ${sql.join(columns, sql`, `)}, ${rowJson(orders)} FROM ${orders} WHERE ${sql.join(parts, sql` AND `)} LIMIT ${5}`;

  const { text, params } = render(statement);

  expect(text).toBe(dialect.sqlToQuery(statement).sql);
  expect(params).toEqual(["a", null, "PENDING", "EXPIRED", 5]);
});

it("renders statements of an order as drizzle does", ({ expect }) => {
  for (const { statement } of [findRecord("ORD1"), fenceHolds("ORD1", ["ORD1.2"], 1).fence]) {
    const { sql: text, params } = dialect.sqlToQuery(statement);

    expect(render(statement)).toEqual({ text, params });
  }
});

it("refuses unknown parts", ({ expect }) => {
  expect(() => render(sql`SELECT ${sql.placeholder("id")}`)).toThrow("unsupported part");
  expect(() => render(sql`SELECT ${undefined}`)).toThrow("unsupported part");
});
