import { relative } from "node:path";
import { REQUESTS } from "../../sdk/governance.js";
import type { Member } from "../member.js";
import type { Network } from "../network.js";
import type { TourEnd } from "../tour.js";

/** A command that works as it is written, from the folder in which the sandbox was started. */
export interface Command {
  readonly what: string;
  readonly command: string;
}

/** What to try while the service is up. */
export function commandsFor(net: Network, tour: TourEnd): Command[] {
  const { members, workspace, url } = net;
  const [first] = members;
  const serviceCertificate = place(workspace.path("service_cert.pem"));
  const asMember = ({ folder }: Member) =>
    `--cert ${place(`${folder}/cert.pem`)} --key ${place(`${folder}/key.pem`)}`;
  const curl = (rest: string) => `curl -sS -w '\\n' --cacert ${serviceCertificate} \\\n  ${rest}`;
  const service = `--url ${url} --service-cert ${serviceCertificate}`;
  const { contractId, openProposalId: proposalId } = tour;
  const fetched = place(workspace.path("tour", "fetched-receipt.json"));

  const voteBy = ({ folder, id, name }: Member): Command => ({
    what: `${name} votes: a signed ballot, piped into curl`,
    command:
      `npx consortium sign ballot --member ${place(folder)} --proposal ${proposalId} --accept |\n  ` +
      curl(
        `-H 'content-type: application/cose' --data-binary @- \\\n  '${url}${REQUESTS.ballot(proposalId, id)}'`,
      ),
  });

  return [
    {
      what: "the contracts, as a member sees them",
      command: curl(`${asMember(first)} \\\n  ${url}/app/contracts`),
    },
    {
      what: "what was released, to whom, and in which transaction",
      command: curl(`${asMember(first)} \\\n  ${url}/app/contracts/${contractId}/releases`),
    },
    {
      what: "whose evidence the service takes (anybody may ask)",
      command: curl(`${url}/app/attestation/platforms`),
    },
    {
      what: "what the open proposal would do",
      command: curl(`'${url}/gov/members/proposals/${proposalId}/actions?api-version=2024-07-01'`),
    },
    ...members.slice(0, 1).map(voteBy),
    ...members.slice(1).map(({ name, folder }) => ({
      what: `${name} votes, in one command`,
      command: `npx consortium vote ${proposalId} --accept --member ${place(folder)} \\\n  ${service}`,
    })),
    {
      what: "the event's receipt, fetched and verified, and verified again without the service",
      command:
        `npx consortium receipt get ${tour.eventTxId} ${service} > ${fetched}\n` +
        `npx consortium receipt verify ${fetched} --service-cert ${serviceCertificate} \\\n` +
        `  --document ${place(tour.documentFile)}`,
    },
  ];
}

/** A path as one types it here. */
function place(path: string): string {
  const short = relative(process.cwd(), path);
  const shown = short.startsWith("..") ? path : short;
  return /^[\w./@:+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`;
}
