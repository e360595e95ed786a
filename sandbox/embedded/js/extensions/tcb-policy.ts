import { parseTcb } from "../../snp/tcb.js";
import type { Product } from "../../snp/report.js";
import type { Plain } from "../binary-json.js";
import { internalError } from "../guest-error.js";

const PRODUCTS: readonly { family: number; model: number; product: Product }[] = [
  { family: 0x19, model: 0x01, product: "Milan" },
  { family: 0x19, model: 0x11, product: "Genoa" },
  { family: 0x1a, model: 0x02, product: "Turin" },
];

/**
 * The parts of a TCB version.
 * @param cpuid `CPUID` leaf 1, register EAX, 8 hexadecimal digits
 * @param tcb 16 hexadecimal digits, most significant first
 */
export function tcbPolicy(cpuid: string, tcb: string): Plain {
  if (!/^[0-9a-f]{8}$/i.test(cpuid)) throw internalError(`Not a CPUID of 8 hexadecimal digits: ${cpuid}`);
  if (!/^[0-9a-f]{16}$/i.test(tcb)) throw internalError(`Not a TCB version of 16 hexadecimal digits: ${tcb}`);
  const { microcode, snp, tee, boot_loader, fmc } = parseTcb(productOf(parseInt(cpuid, 16)), tcb);
  return { hexstring: tcb, microcode, snp, tee, boot_loader, ...(fmc === undefined ? {} : { fmc }) };
}

/** Family and model each have a base and an extended part (AMD's CPUID specification, function 1). */
function productOf(eax: number): Product {
  const family = ((eax >> 8) & 0xf) + ((eax >> 20) & 0xff);
  const model = ((eax >> 4) & 0xf) | (((eax >> 16) & 0xf) << 4);
  const found = PRODUCTS.find((one) => one.family === family && one.model === model);
  if (!found) throw internalError(`SEV-SNP: Unsupported CPUID family ${family} model ${model}`);
  return found.product;
}
