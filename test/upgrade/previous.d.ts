// The bundle of the release before, which the host serves under this name beside today's.
export { default, StockCounter } from "./index.js";
