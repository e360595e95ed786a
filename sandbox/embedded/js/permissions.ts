import type { TxAccess } from "./types.js";

export type TablePermission = "read-write" | "read-only" | "write-only" | "inaccessible";

/** A table name that nobody may use. CCF ends the whole request over it. */
export class ReservedTableName extends Error {
  constructor(name: string) {
    super(`Map name '${name}' includes disallowed reserved prefix 'ccf.'`);
    this.name = "ReservedTableName";
  }
}

const PERMISSIONS: Readonly<Record<string, Readonly<Record<TxAccess, TablePermission>>>> = {
  "private application": {
    APP_RW: "read-write",
    APP_RO: "read-only",
    GOV_RO: "inaccessible",
    GOV_RW: "inaccessible",
  },
  "public application": {
    APP_RW: "read-write",
    APP_RO: "read-only",
    GOV_RO: "inaccessible",
    GOV_RW: "write-only",
  },
  "public governance": {
    APP_RW: "read-only",
    APP_RO: "read-only",
    GOV_RO: "read-only",
    GOV_RW: "read-write",
  },
  "public internal": {
    APP_RW: "read-only",
    APP_RO: "read-only",
    GOV_RO: "read-only",
    GOV_RW: "read-only",
  },
};

const CONTEXTS: Readonly<Record<TxAccess, string>> = {
  APP_RW: "application",
  APP_RO: "read-only application",
  GOV_RO: "read-only governance",
  GOV_RW: "read-write governance",
};

/**
 * What guest code may do with a table (CCF's documentation, "Read-write restrictions").
 * @throws {ReservedTableName}
 */
export function tablePermission(name: string, access: TxAccess): TablePermission {
  const isPublic = name.startsWith("public:");
  const rest = isPublic ? name.slice("public:".length) : name;
  return PERMISSIONS[`${isPublic ? "public" : "private"} ${category(rest)}`]?.[access] ?? "inaccessible";
}

/** Why an operation on a table is refused. */
export function explainPermission(permission: TablePermission, access: TxAccess): string {
  return (
    `This table is ${permission} in current (${CONTEXTS[access]}) execution context. ` +
    "See https://microsoft.github.io/CCF/main/audit/read_write_restrictions.html for more detail."
  );
}

function category(name: string): "internal" | "governance" | "application" {
  if (name.startsWith("ccf.internal.")) return "internal";
  if (name.startsWith("ccf.gov.")) return "governance";
  if (name.startsWith("ccf.")) throw new ReservedTableName(name);
  return "application";
}
