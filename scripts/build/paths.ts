import { fileURLToPath } from "node:url";

/** The top of the project. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where everything built goes. */
export const dist = fileURLToPath(new URL("../../dist", import.meta.url));
