export { apply } from "./apply.js";
export { resolve } from "./resolve.js";
export { validate } from "./validate.js";
