/** The demo shop as plain data. Brands and suppliers are invented; prices are in INR. */

/** In the order in which they supply customers whose location is unknown. */
export const WAREHOUSES = [
  {
    warehouse_id: "BLR",
    name: "Bengaluru",
    country: "IN",
    postal_code: "560001",
    latitude: 12.976594,
    longitude: 77.599271,
    allows_self_service: true,
  },
  {
    warehouse_id: "MUM",
    name: "Mumbai",
    country: "IN",
    postal_code: "400001",
    latitude: 18.938535,
    longitude: 72.836334,
    allows_self_service: true,
  },
  {
    warehouse_id: "DEL",
    name: "Delhi",
    country: "IN",
    postal_code: "110001",
    latitude: 28.632743,
    longitude: 77.219597,
    allows_self_service: false,
  },
];

export const DELIVERY_METHODS = [
  { method: "self_service", name: "Collect it yourself", cost: 0, days: 3 },
  { method: "curbside", name: "To the kerb", cost: 49, days: 3 },
  { method: "in_door", name: "Into the home", cost: 149, days: 3 },
];

/**
 * @typedef {[id: string, name: string, category: string, brand: string, unit: string, sku: string, supplier: keyof typeof SUPPLIERS]} Identity
 * @typedef {[price: number, mrp: number, cost: number, min: number, max: number]} Figures
 * @typedef {[BLR: number, MUM: number, DEL: number]} Units
 */

/** Name and contact. */
const SUPPLIERS = {
  grains: ["Tamarind Lane Grains", "orders@grains.example.com"],
  oils: ["Copperpot Oils and Spices", "orders@oils.example.com"],
  fresh: ["Greenbarrow Fresh Produce", "orders@fresh.example.com"],
  staples: ["Saltwind Staples", "orders@staples.example.com"],
  dairy: ["Dawnpail Dairy", "orders@dairy.example.com"],
  beds: ["Nidra and Oak Furniture", "orders@beds.example.com"],
};

/** @type {[Identity, Figures, Units][]} */
const ROWS = [
  [
    ["prod-001", "Basmati Rice 1kg", "Rice & Grains", "Tamarind Lane", "1 kg", "RICE-BAS-1KG", "grains"],
    [150, 175, 118, 10, 120],
    [20, 18, 12],
  ],
  [
    ["prod-002", "Toor Dal 1kg", "Pulses", "Tamarind Lane", "1 kg", "DAL-TOOR-1KG", "grains"],
    [120, 140, 95, 8, 80],
    [12, 10, 8],
  ],
  [
    ["prod-003", "Sunflower Oil 1L", "Oils", "Copperpot", "1 L", "OIL-SUN-1L", "oils"],
    [180, 199, 148, 6, 60],
    [10, 8, 7],
  ],
  [
    ["prod-004", "Turmeric Powder 100g", "Spices", "Copperpot", "100 g", "SPICE-TUR-100G", "oils"],
    [45, 52, 31, 10, 100],
    [16, 14, 10],
  ],
  [
    ["prod-005", "Onions 1kg", "Vegetables", "Greenbarrow", "1 kg", "VEG-ONION-1KG", "fresh"],
    [35, 40, 24, 10, 60],
    [1, 1, 0],
  ],
  [
    ["prod-006", "Tomatoes 1kg", "Vegetables", "Greenbarrow", "1 kg", "VEG-TOMATO-1KG", "fresh"],
    [45, 50, 30, 10, 60],
    [0, 0, 0],
  ],
  [
    ["prod-007", "Wheat Flour 2kg", "Flours", "Millwheel", "2 kg", "FLOUR-WHEAT-2KG", "grains"],
    [80, 95, 62, 5, 50],
    [5, 4, 6],
  ],
  [
    ["prod-008", "Sugar 1kg", "Staples", "Saltwind", "1 kg", "SUGAR-1KG", "staples"],
    [45, 50, 36, 15, 150],
    [25, 20, 15],
  ],
  [
    ["prod-009", "Salt 1kg", "Staples", "Saltwind", "1 kg", "SALT-1KG", "staples"],
    [20, 24, 13, 20, 200],
    [30, 25, 25],
  ],
  [
    ["prod-010", "Milk 1L", "Dairy", "Dawnpail", "1 L", "MILK-1L", "dairy"],
    [60, 64, 50, 10, 40],
    [4, 3, 3],
  ],
  [
    ["704.894.50", "Bed Frame 160 × 200", "Beds", "Nidra & Oak", "1 piece", "BED-FRAME-160", "beds"],
    [14_990, 16_990, 9_800, 2, 12],
    [4, 3, 2],
  ],
  [
    ["604.894.55", "Mattress 160 × 200", "Beds", "Nidra & Oak", "1 piece", "BED-MATTRESS-160", "beds"],
    [11_990, 13_990, 7_900, 2, 12],
    [5, 3, 2],
  ],
];

const BED = {
  product_id: "493.857.51",
  name: "Complete Bed",
  description: "The frame and the mattress of 160 × 200 cm, at less than the two apart.",
  category: "Beds",
  brand: "Nidra & Oak",
  unit: "1 set",
  sku: "BED-COMPLETE-160",
  price: 24_990,
  mrp: 30_980,
  cost_price: 17_700,
  min_stock_level: 0,
  max_stock_level: 12,
  supplier_name: SUPPLIERS.beds[0],
  supplier_contact: SUPPLIERS.beds[1],
  components: [
    { product_id: "704.894.50", quantity: 1 },
    { product_id: "604.894.55", quantity: 1 },
  ],
};

/** Components come before their bundle. */
export const PRODUCTS = [...ROWS.map(toProduct), { ...BED, ...contentOf(BED.unit, ROWS.length) }];

/** The opening stock of each warehouse; no row where it has none. */
export const STOCK = ROWS.flatMap(([[productId], , units]) =>
  WAREHOUSES.flatMap(({ warehouse_id: warehouseId }, index) => {
    const quantity = units[index] ?? 0;
    return quantity === 0 ? [] : [{ productId, warehouseId, quantity }];
  }),
);

/** @param {[Identity, Figures, Units]} row @param {number} index */
function toProduct([[productId, name, category, brand, unit, sku, supplier], [price, mrp, cost, min, max]], index) {
  const [supplierName, supplierContact] = SUPPLIERS[supplier];
  return {
    product_id: productId,
    name,
    category,
    brand,
    unit,
    sku,
    price,
    mrp,
    cost_price: cost,
    min_stock_level: min,
    max_stock_level: max,
    supplier_name: supplierName,
    supplier_contact: supplierContact,
    ...contentOf(unit, index),
  };
}

/**
 * What is printed on the goods: a number of the shop's own, and the weight where they are sold by weight.
 * @param {string} unit such as `100 g` @param {number} index of the product
 */
function contentOf(unit, index) {
  const [, amount, measure] = /^(\d+) (g|kg)$/.exec(unit) ?? [];
  const weight = amount === undefined ? {} : { weight: Number(amount) * (measure === "kg" ? 1_000 : 1) };
  return { barcode: inStoreBarcode(index + 1), ...weight };
}

/** An EAN-13 of the range that GS1 leaves to shops: nobody else's goods have it. @param {number} number */
function inStoreBarcode(number) {
  const digits = `2${String(number).padStart(11, "0")}`;
  const sum = Array.from(digits, Number).reduce((total, digit, at) => total + digit * (at % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
