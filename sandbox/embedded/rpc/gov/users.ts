import type { Transaction } from "../../kv/store.js";
import { read } from "./endpoint.js";
import { identifierIn, named, notFound } from "./identifiers.js";
import * as tables from "./tables.js";

const list = read("/service/users", ({ tx }) => {
  const value = tables
    .userCertificates(tx)
    .entries()
    .map(([id, certificate]) => describe(tx, id, certificate));
  return { status: 200, body: { value } };
});

const one = read("/service/users/{userId}", ({ tx, params }) => {
  const id = identifierIn(params, "user");
  const certificate = tables.userCertificates(tx).get(id);
  if (certificate === undefined) throw notFound(`User ${named.user(id)} does not exist.`);
  return { status: 200, body: describe(tx, id, certificate) };
});

function describe(tx: Transaction, userId: string, certificate: string) {
  return { userId, certificate, userData: tables.users(tx).get(userId) ?? null };
}

/** Users who authenticate by certificate. */
export const userEndpoints = [list, one];
