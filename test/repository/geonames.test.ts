import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { readGeoNames } from "../../scripts/support/geonames.js";

const folder = mkdtempSync(join(tmpdir(), "holdfast-postal-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(...lines: string[]): string {
  const path = join(folder, `${files++}.txt`);
  writeFileSync(path, lines.join("\n"));
  return path;
}

const HEADER =
  "country code,postal code,place name,admin name1,admin code1,admin name2,admin code2,,,latitude,longitude,accuracy".split(",");

function quoted(cells: string[]): string {
  return cells.map((cell) => `"${cell}"`).join("\t");
}

function row(country: string, code: string, latitude: string, longitude: string): string {
  return [country, code, "Place", "State", "01", "County", "001", "", "", latitude, longitude, "4"].join("\t");
}

describe("a GeoNames postal file", () => {
  it("is grouped by country, and a code of several places lies in their middle", async ({ expect }) => {
    const path = fileOf(
      row("IN", "560034", "12.9", "77.6"),
      row("GB", "ab10 1aa", "57.1", "-2.1"),
      row("IN", "560034", "13.1", "77.8"),
      row("IN", "560035", "12.5", "77.5"),
      "",
    );

    const { groups, dropped } = await readGeoNames(path);

    expect(dropped).toBe(0);
    expect(groups.map(({ country, postalCodes }) => [country, postalCodes.length])).toEqual([
      ["IN", 2],
      ["GB", 1],
    ]);
    expect(groups[0]?.postalCodes[0]?.latitude).toBeCloseTo(13, 9);
    expect(groups[0]?.postalCodes[0]?.longitude).toBeCloseTo(77.7, 9);
    expect(groups[1]?.postalCodes).toEqual([{ code: "AB101AA", latitude: 57.1, longitude: -2.1 }]);
  });

  it("puts a code that straddles the date line beside it, not on the far side of the earth", async ({ expect }) => {
    const { groups } = await readGeoNames(fileOf(row("RU", "689000", "66", "179"), row("RU", "689000", "66", "-177")));

    expect(groups[0]?.postalCodes).toEqual([{ code: "689000", latitude: 66, longitude: -179 }]);
  });

  it("drops and counts rows without a usable code and place", async ({ expect }) => {
    const bad = [
      ["", ""],
      ["0", "0"],
      ["91", "10"],
      ["10", "-181"],
      ["north", "10"],
    ].map(([latitude = "", longitude = ""]) => row("FR", "75001", latitude, longitude));

    const { groups, dropped } = await readGeoNames(
      fileOf(...bad, row("FR", " - ", "48", "2"), row("FR", "7".repeat(17), "48", "2"), row("FR", "75002", "48.86", "2.34")),
    );

    expect(dropped).toBe(7);
    expect(groups).toEqual([{ country: "FR", postalCodes: [{ code: "75002", latitude: 48.86, longitude: 2.34 }] }]);
  });

  it("is refused with the line that is none of its rows", async ({ expect }) => {
    const good = row("FR", "75002", "48.86", "2.34");

    await expect(readGeoNames(fileOf(good, "a,b,c"))).rejects.toMatchObject({
      name: "Failure",
      message: expect.stringContaining("line 2 is not a row of a GeoNames postal file"),
    });
    await expect(readGeoNames(join(folder, "missing.txt"))).rejects.toMatchObject({ name: "Failure" });
    await expect(readGeoNames(folder)).rejects.toMatchObject({ name: "Failure" });
    await expect(readGeoNames(fileOf(""))).rejects.toMatchObject({ name: "Failure" });
  });

  it.for([
    ["a byte order mark", (rows: string[]) => `\uFEFF${rows.join("\r\n")}\r\n`],
    ["a byte order mark of UTF-16", (rows: string[]) => Buffer.from(`\uFEFF${rows.join("\r\n")}`, "utf16le")],
    ["cells in quotes", (rows: string[]) => rows.map((each) => `"${each.replaceAll("\t", '"\t"')}"`).join("\n")],
    ["a line that names the columns", (rows: string[]) => [HEADER.join("\t"), ...rows].join("\n")],
    ["all of these", (rows: string[]) => `\uFEFF${[HEADER, ...rows.map((each) => each.split("\t"))].map(quoted).join("\r\n")}`],
  ] as const)("may have %s", async ([, write], { expect }) => {
    const path = join(folder, `${files++}.txt`);
    writeFileSync(path, write([row("FR", "75002", "48.86", "2.34"), row("GB", "PA6 0", "56", "-4")]));

    const { groups, dropped } = await readGeoNames(path);

    expect({ groups, dropped }).toEqual({
      groups: [
        { country: "FR", postalCodes: [{ code: "75002", latitude: 48.86, longitude: 2.34 }] },
        { country: "GB", postalCodes: [{ code: "PA6 0", latitude: 56, longitude: -4 }] },
      ],
      dropped: 0,
    });
  });

  it("that is a zip, or was saved otherwise, is refused with what to do", async ({ expect }) => {
    const refusal = async (content: string | Buffer) => {
      const path = join(folder, `${files++}.zip`);
      writeFileSync(path, content);
      const answer: { name: string; message: string } = await readGeoNames(path).then(
        () => ({ name: "none", message: "" }),
        (error: { name: string; message: string }) => error,
      );
      return answer;
    };

    const [zip, commas, big] = [
      await refusal(Buffer.from("504b0304140000000800", "hex")),
      await refusal("FR,75002,Paris"),
      await refusal(Buffer.from("feff0046", "hex")),
    ];

    expect([zip.name, commas.name, big.name]).toEqual(["Failure", "Failure", "Failure"]);
    expect(zip.message).toContain("Unpack it first, as with `unzip ");
    expect(commas.message).toContain("save it as tab separated text");
    expect(big.message).toContain("Save it as UTF-8");
  });

  it("loses codes that share one point with codes of other states, and names CEDEX codes by their first part", async ({
    expect,
  }) => {
    const inState = (code: string, state: string, latitude: string) =>
      row("FR", code, latitude, "2").replace("State\t01", `State\t${state}`);

    const { groups, dropped } = await readGeoNames(
      fileOf(
        inState("75002", "11", "48"),
        inState("13001", "93", "48"),
        inState("75003", "11", "48.5"),
        inState("75380 CEDEX 08", "11", "48.5"),
      ),
    );

    expect(dropped).toBe(2);
    expect(groups[0]?.postalCodes.map(({ code }) => code)).toEqual(["75003", "75380"]);
  });
});
