import { readFileSync } from "node:fs";
import type { Network } from "../../sandbox/network.js";
import { builtFile } from "../../sandbox/project.js";

/** Endpoints with which others are compared; each also has a path of which a part varies, as theirs have. */
export const yardsticks = { empty: "/bench/empty", verification: "/bench/verification" } as const;

const ENDPOINTS = {
  [yardsticks.empty]: "empty",
  [`${yardsticks.empty}/{any}`]: "empty",
  [`${yardsticks.verification}/{any}`]: "verify",
} as const;

/** The request of the second is as cheap to read as any can be: bytes, one part after the other. */
const MODULE = `
export function empty() { return { statusCode: 204 }; }

export function verify(request) {
  const body = request.body.arrayBuffer();
  const [report, endorsements] = new Uint32Array(body, 0, 2);
  const parts = [8, report, endorsements, body.byteLength - 8 - report - endorsements];
  let at = parts.shift();
  const [evidence, certificates, uvm] = parts.map((length) => body.slice(at, (at += length)));
  snp_attestation.verifySnpAttestation(evidence, certificates, uvm);
  return { statusCode: 204 };
}`;

/** The body of a request to verify evidence: the lengths of all parts but the last, then the parts. */
export function verificationBody(report: Buffer, endorsements: Buffer, uvmEndorsements: Buffer): Buffer {
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(report.length, 0);
  lengths.writeUInt32LE(endorsements.length, 4);
  return Buffer.concat([lengths, report, endorsements, uvmEndorsements]);
}

/** Votes in the application once more, with these endpoints. */
export async function addYardsticks(net: Network): Promise<void> {
  const bundle = JSON.parse(readFileSync(builtFile("bundle.json"), "utf8")) as {
    metadata: { endpoints: Record<string, object> };
    modules: { name: string; module: string }[];
  };
  const name = "bench/yardsticks.js";
  for (const [path, js_function] of Object.entries(ENDPOINTS)) {
    bundle.metadata.endpoints[path] = {
      post: {
        mode: "readonly",
        forwarding_required: "sometimes",
        authn_policies: ["no_auth"],
        openapi: {},
        js_module: name,
        js_function,
        interpreter_reuse: { key: "app" },
      },
    };
  }
  bundle.modules.push({ name, module: MODULE });
  await net.pass({ name: "set_js_app", args: { bundle } });
}
