/** A place on earth in decimal degrees. */
export interface Point {
  latitude: number;
  longitude: number;
}

/** A warehouse as ranking and answers need it. */
export interface Warehouse extends Point {
  warehouseId: string;
  position: number;
  name: string;
  status: "active" | "archived";
  country: string;
  postalCode: string;
  allowsSelfService: boolean;
  /** Prefixes of normalised postal codes; where one matches, the longest beats distance. */
  servedPostalCodes: string[];
  shipsTo: string[];
}
