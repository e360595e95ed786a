import { jsonEndpoint } from "../json-endpoint.js";

const configuration = jsonEndpoint("/config", ({ node }) => ({
  [node.identity.node.id]: { address: node.address },
}));

/** As the only node of a CCF service sees it: always the leader, with nobody to hear from. */
const consensus = jsonEndpoint("/consensus", ({ node }) => {
  const { id } = node.identity.node;
  return {
    details: {
      acks: {},
      configs: [{ idx: 0, nodes: { [id]: { address: node.address } }, rid: 0 }],
      current_view: node.ledger.view,
      leadership_state: "Leader",
      membership_state: "Active",
      primary_id: id,
      reconfiguration_type: "OneTransaction",
      ticking: true,
    },
  };
});

/** How the nodes agree. */
export const consensusEndpoints = [configuration, consensus];
