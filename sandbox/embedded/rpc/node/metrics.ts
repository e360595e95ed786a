import { runtimeOptions } from "../../js/options.js";
import { singletonKey } from "../../kv/store.js";
import type { Endpoint, RpcContext } from "../http.js";
import { jsonEndpoint } from "../json-endpoint.js";
import { sessionLimits } from "../wire/server.js";

const javascript = jsonEndpoint("/js_metrics", ({ tx }) => {
  let bytecodeSize = 0;
  tx.table("public:ccf.gov.modules_quickjs_bytecode").forEach((bytes) => {
    bytecodeSize += bytes.length;
  });
  const options = runtimeOptions(tx);
  return {
    bytecode_size: bytecodeSize,
    bytecode_used: tx.table("public:ccf.gov.modules_quickjs_version").has(singletonKey),
    max_heap_size: options.max_heap_bytes,
    max_stack_size: options.max_stack_bytes,
    max_execution_time: options.max_execution_time_ms,
    max_cached_interpreters: options.max_cached_interpreters,
  };
});

const sessions = answer("/metrics", ({ node: { metrics } }) => {
  const { sessionsOpen: active, sessionsPeak: peak, errors } = metrics;
  const { soft: soft_cap, hard: hard_cap } = sessionLimits;
  const interfaces = { primary: { active, peak, soft_cap, hard_cap, errors } };
  return { sessions: { active, peak, interfaces } };
});

const memory = answer("/memory", () => {
  const { heapTotal, heapUsed, rss } = process.memoryUsage();
  return {
    max_total_heap_size: rss,
    current_allocated_heap_size: heapUsed,
    peak_allocated_heap_size: heapTotal,
  };
});

const tokenKeys = jsonEndpoint("/jwt_keys/refresh/metrics", () => ({
  attempts: 0,
  successes: 0,
  failures: 0,
}));

const indexes = jsonEndpoint("/index/strategies", () => []);

/** Numbers that CCF gives whatever the client says it accepts. */
function answer(path: string, body: (context: RpcContext) => object): Endpoint {
  return {
    method: "GET",
    path,
    authentication: [],
    openapi: {},
    execute: (context) => ({ status: 200, body: body(context) }),
  };
}

/** What the node counts. */
export const metricsEndpoints = [javascript, sessions, memory, tokenKeys, indexes];
