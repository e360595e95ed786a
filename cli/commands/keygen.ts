import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { Command } from "commander";
import { UsageError } from "../../sdk/errors.js";
import { makeMember, readMember } from "../../sandbox/member.js";
import { advise } from "../output.js";
import type { Run } from "../run.js";

/** `consortium keygen` */
export function keygenCommand(run: Run): Command {
  return new Command("keygen")
    .description(
      "Make a member's keys and certificate in a new folder: cert.pem, key.pem, and a recovery key.",
    )
    .argument("<folder>")
    .option("--name <name>", "common name in the certificate (default: the folder's)")
    .action(
      run(async (folder: string, { name = basename(resolve(folder)) }: { name?: string }) => {
        if (existsSync(folder))
          throw new UsageError("FolderExists", `${folder} exists; keys are never overwritten`);
        await makeMember(folder, name);
        advise(
          "Keep key.pem and recovery_key.pem to yourself; the members need cert.pem and recovery_public_key.pem.",
        );
        return { memberId: readMember(folder, name).id, folder };
      }),
    );
}
