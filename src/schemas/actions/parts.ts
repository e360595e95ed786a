/** What several actions' arguments are made of. Bytes are lower-case hex. */
export const text = { type: "string", pattern: "." } as const;
export const anyText = { type: "string" } as const;
export const boolean = { type: "boolean" } as const;
export const jsonObject = { type: "object" } as const;

/** 32 bytes: a SHA-256 digest, and so the id of a member, user or node. */
export const digest = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
/** 48 bytes. */
export const snpMeasurement = { type: "string", pattern: "^[0-9a-f]{96}$" } as const;
/** 4 bytes: family, model and stepping of a processor. */
export const cpuid = { type: "string", pattern: "^[0-9a-f]{8}$" } as const;

/** Members may share a recovery secret with at most 254 others. */
export const recoveryThreshold = { type: "integer", minimum: 1, maximum: 254 } as const;

/**
 * A time as CCF reads it: `YYMMDDhhmmssZ`, `YYYYMMDDhhmmssZ`, or `YYYY-MM-DD hh:mm:ss` (or with a `T`) with an optional
 * fraction and offset from UTC.
 */
export const time = {
  type: "string",
  pattern:
    "^(\\d\\d)?\\d\\d(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])([01]\\d|2[0-3])[0-5]\\d[0-5]\\dZ$|" +
    "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])[ T]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)?$",
} as const;
export const days = { type: "integer", minimum: 1, maximum: 36_500 } as const;
