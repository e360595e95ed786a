import { commonEndpoints } from "../common-endpoints.js";
import { builtInFrontend, type Frontend } from "../frontend.js";
import type { Endpoint } from "../http.js";
import { openapiDocument } from "../openapi.js";
import { consensusEndpoints } from "./consensus.js";
import { metricsEndpoints } from "./metrics.js";
import { networkEndpoints } from "./network.js";
import { nodesEndpoints } from "./nodes.js";
import { peerEndpoints } from "./peers.js";
import { quoteEndpoints } from "./quotes.js";
import { readinessEndpoints } from "./readiness.js";
import { stateEndpoints } from "./state.js";

const info = {
  title: "CCF Public Node API",
  description: "This API provides public, uncredentialed access to service and node state.",
  version: "4.14.0",
};

/** What the node says of itself, and what it does for other nodes. */
export function nodeFrontend(): Frontend {
  const endpoints: Endpoint[] = [
    ...stateEndpoints,
    ...networkEndpoints,
    ...nodesEndpoints,
    ...quoteEndpoints,
    ...readinessEndpoints,
    ...consensusEndpoints,
    ...metricsEndpoints,
    ...peerEndpoints,
    ...commonEndpoints(() => ({ status: 200, body: openapiDocument(info, "node", endpoints) })),
  ];
  return builtInFrontend(endpoints);
}
