// The bundle of release 0.3.0, which the host serves under this name beside the current one.
export { default, StockCounter } from "./index.js";
