import { createHash } from "node:crypto";
import type { ExistingMember } from "./member.js";

/** The application as the action `set_js_app` takes it. */
export interface Bundle {
  readonly metadata: { readonly endpoints: Readonly<Record<string, Readonly<Record<string, object>>>> };
  readonly modules: readonly { readonly name: string; readonly module: string }[];
}

/** How those who trust a service name what runs in it (the reference's contract §6.5). */
export const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** JSON with all keys sorted: the application as it is digested. */
export function canonicalBundle({ metadata, modules }: Bundle): string {
  const inOrder = [...modules].sort((one, other) => (one.name < other.name ? -1 : 1));
  return JSON.stringify(sorted({ metadata: { endpoints: metadata.endpoints }, modules: inOrder }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

/** The application of a service, put together from what its governance API tells. */
export async function readBundle(member: ExistingMember): Promise<Bundle> {
  const { endpoints } = await member.governance("/service/javascript-app?case=original", {
    endpoints: "any",
  });
  const { value } = await member.governance("/service/javascript-modules", {
    value: [{ moduleName: "text" }],
  });
  const modules = [];
  for (const { moduleName } of value) {
    const module = await member.text(`/service/javascript-modules/${encodeURIComponent(moduleName)}`);
    modules.push({ name: moduleName.replace(/^\//, ""), module });
  }
  return { metadata: { endpoints: endpoints as Bundle["metadata"]["endpoints"] }, modules };
}

/** The same of a bundle that was built: governance puts a slash before modules, and writes methods in capitals. */
export function asDeployed({ metadata, modules }: Bundle): Bundle {
  const endpoints = Object.entries(metadata.endpoints).map(([path, methods]) => {
    const deployed = Object.entries(methods).map(([method, endpoint]) => {
      const { js_module } = endpoint as { readonly js_module: string };
      return [method.toUpperCase(), { ...endpoint, js_module: `/${js_module}` }] as const;
    });
    return [path, Object.fromEntries(deployed)] as const;
  });
  return { metadata: { endpoints: Object.fromEntries(endpoints) }, modules };
}
