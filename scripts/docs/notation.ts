interface Schema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

/** A schema (OpenAPI 3.0) as a TypeScript type: short, and every reader of an API can read it. */
export function notation(schema: Schema): string {
  const type = plain(schema);
  return schema.nullable ? `${type} | null` : type;
}

function plain({
  type,
  enum: values,
  anyOf,
  items,
  properties,
  required = [],
  additionalProperties,
}: Schema): string {
  if (values !== undefined)
    return values
      .filter((value) => value !== null)
      .map((value) => JSON.stringify(value))
      .join(" | ");
  if (anyOf !== undefined) return anyOf.map(notation).join(" | ");
  switch (type) {
    case "array": {
      const item = notation(items ?? {});
      return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
    }
    case "object": {
      const fields = Object.entries(properties ?? {}).map(
        ([name, value]) => `${quoted(name)}${required.includes(name) ? "" : "?"}: ${notation(value)}`,
      );
      if (typeof additionalProperties === "object") fields.push(`[name]: ${notation(additionalProperties)}`);
      return fields.length === 0 ? "object" : `{ ${fields.join(", ")} }`;
    }
    default:
      return type ?? "any";
  }
}

const quoted = (name: string): string => (/^\w+$/.test(name) ? name : JSON.stringify(name));
