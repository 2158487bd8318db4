// The bundle of the previous release, which the host serves under this name beside the current one.
export { default, StockCounter } from "./index.js";
