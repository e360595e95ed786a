import { fileURLToPath } from "node:url";

/** The top of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url));
