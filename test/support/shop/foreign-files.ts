import { csvLine } from "../../../src/rules/csv.ts";
import { withCheckDigit } from "./catalog.ts";

// Files as Shopify and WooCommerce export them, by their public lists of columns: 60 products, plain ones and some with variants.

const PRODUCTS = 60;

const SHOPIFY = (
  "Handle|Title|Body (HTML)|Vendor|Product Category|Type|Tags|Published|Option1 Name|Option1 Value|Option1 Linked To|" +
  "Option2 Name|Option2 Value|Option2 Linked To|Option3 Name|Option3 Value|Option3 Linked To|Variant SKU|Variant Grams|" +
  "Variant Inventory Tracker|Variant Inventory Qty|Variant Inventory Policy|Variant Fulfillment Service|Variant Price|" +
  "Variant Compare At Price|Variant Requires Shipping|Variant Taxable|Variant Barcode|Image Src|Image Position|" +
  "Image Alt Text|Gift Card|SEO Title|SEO Description|Google Shopping / Google Product Category|Variant Image|" +
  "Variant Weight Unit|Variant Tax Code|Cost per item|Status"
).split("|");

const WOOCOMMERCE = (
  "ID|Type|SKU|GTIN, UPC, EAN, or ISBN|Name|Published|Is featured?|Visibility in catalog|Short description|Description|" +
  "Date sale price starts|Date sale price ends|Tax status|Tax class|In stock?|Stock|Low stock amount|Backorders allowed?|" +
  "Sold individually?|Weight (kg)|Length (cm)|Width (cm)|Height (cm)|Allow customer reviews?|Purchase note|Sale price|" +
  "Regular price|Categories|Tags|Shipping class|Images|Download limit|Download expiry days|Parent|Grouped products|" +
  "Upsells|Cross-sells|External URL|Button text|Position|Brands|Attribute 1 name|Attribute 1 value(s)|" +
  "Attribute 1 visible|Attribute 1 global|Attribute 2 name|Attribute 2 value(s)"
).split("|");

type Cells = Record<string, string>;

function fileOf(columns: readonly string[], records: readonly Cells[]): string {
  const unknown = records.flatMap((cells) => Object.keys(cells)).find((column) => !columns.includes(column));
  if (unknown !== undefined) throw new Error(`${unknown} is no column`);
  return csvLine(columns) + records.map((cells) => csvLine(columns.map((column) => cells[column] ?? ""))).join("");
}

const cdn = (number: number, name: string) =>
  `https://cdn.shopify.com/s/files/1/0001/products/p${number}-${name}.jpg?v=17000${number}`;
const units = (quantity: number) => ({
  "Variant Inventory Tracker": "shopify",
  "Variant Inventory Qty": String(quantity),
  "Variant Inventory Policy": "deny",
});
const barcode = (number: number) => withCheckDigit(`890${String(number).padStart(9, "0")}`);

/** A product file of Shopify. Every third product has sizes and colours. */
export function shopifyFile(): string {
  return fileOf(
    SHOPIFY,
    Array.from({ length: PRODUCTS }, (_, number) => {
      const head: Cells = {
        Handle: `tee-n-${number}`,
        Title: `Tee №${number}, "soft"`,
        "Body (HTML)": `<p>Tee &amp; more</p>\n<ul><li>${number}</li></ul>`,
        Vendor: "Acme",
        "Product Category": "Apparel & Accessories > Clothing",
        Type: number % 2 === 0 ? "Shirts" : "",
        Tags: "summer, cotton",
        Published: "true",
        "Image Src": cdn(number, "front"),
        "Image Position": "1",
        "Image Alt Text": "Front",
        "Gift Card": "false",
        "Cost per item": "7.25",
        Status: number % 10 === 9 ? "draft" : "active",
      };
      const picture = { Handle: `tee-n-${number}`, "Image Src": cdn(number, "back"), "Image Position": "2" };
      if (number % 3 !== 0) {
        const only = {
          "Option1 Name": "Title",
          "Option1 Value": "Default Title",
          "Variant SKU": `TEE-${number}`,
          "Variant Grams": "150",
        };
        const price = { "Variant Price": "19.99", "Variant Compare At Price": "25.00", "Variant Barcode": `'${barcode(number)}` };
        return [{ ...head, ...only, ...price, ...units(number % 5 === 0 ? 0 : 7) }, picture];
      }
      const variants = ["S", "M", "L"].flatMap((size, row) =>
        ["Red", "Blue"].map((colour, column): Cells => ({
          Handle: `tee-n-${number}`,
          "Option1 Value": size,
          "Option2 Value": colour,
          "Variant SKU": row === 2 ? "" : `TEE-${number}-${size}-${colour}`,
          "Variant Grams": String(150 + row),
          "Variant Price": `${20 + row}.9${column}`,
          "Variant Compare At Price": row === 0 ? "30" : "",
          "Variant Barcode": row === 2 ? "" : barcode(1_000 + number * 10 + row * 2 + column),
          "Variant Image": cdn(number, colour.toLowerCase()),
          ...units(row + column),
        })),
      );
      const [first = {}, ...others] = variants;
      return [
        { ...head, "Option1 Name": "Size", "Option2 Name": "Color", ...first },
        { ...others[0], ...picture },
        ...others.slice(1),
      ];
    }).flat(),
  );
}

/** A product file of WooCommerce. Every third product is variable; its variations come last. */
export function wooCommerceFile(): string {
  const image = (number: number, name: string) => `https://shop.example.com/wp-content/uploads/w${number}-${name}.jpg`;
  const parents = Array.from({ length: PRODUCTS }, (_, number): Cells => {
    const isVariable = number % 3 === 0;
    return {
      ID: String(100 + number),
      Type: isVariable ? "variable" : "simple, virtual",
      SKU: number % 5 === 4 ? "" : `WOO-${number}`,
      Name: `Hoodie ${number}`,
      Published: number % 10 === 9 ? "-1" : "1",
      "Short description": "Warm",
      Description: number % 2 === 0 ? "<b>Warm</b>, with a hood" : "",
      Categories: "Clothing > Hoodies\\, warm, Sale",
      Tags: "winter, wool",
      Brands: "Acme",
      "Low stock amount": "2",
      "Sold individually?": number % 7 === 0 ? "1" : "0",
      Images: `${image(number, "front")}, ${image(number, "back")}`,
      ...(isVariable
        ? { "Weight (kg)": "0.5", "Attribute 1 name": "Size", "Attribute 1 value(s)": "S, M" }
        : { Stock: "4", "Weight (kg)": "0.25", "Sale price": number % 4 === 0 ? "40" : "", "Regular price": "49.90" }),
      ...(!isVariable && { "GTIN, UPC, EAN, or ISBN": barcode(5_000 + number) }),
    };
  });
  const variations = parents.flatMap((parent, number) =>
    parent["Type"] === "variable"
      ? ["S", "M"].map((size, index) => ({
          ID: String(1_000 + number * 10 + index),
          Type: "variation",
          SKU: number % 2 === 0 ? `WOO-${number}-${size}` : "",
          Name: `${parent["Name"]} - ${size}`,
          Published: "1",
          Parent: parent["SKU"] || `id:${parent["ID"]}`,
          "Regular price": String(50 + index),
          Stock: String(index * 3),
          "Sale price": index === 0 ? "45.5" : "",
          Images: image(number, size.toLowerCase()),
          "Attribute 1 name": "Size",
          "Attribute 1 value(s)": size,
        }))
      : [],
  );
  return fileOf(WOOCOMMERCE, [...parents, ...variations]);
}
