import type {
  EndpointCall,
  EndpointOutcome,
  GovernanceAnswers,
  GovernanceCall,
  GovernanceOutcome,
} from "./types.js";

/** Runs the application and the constitution, each in interpreters that see nothing of this process. */
export class Engine {
  /** Loads QuickJS; once per process is enough. */
  static load(): Promise<Engine> {
    return Promise.resolve(new Engine());
  }

  /** Serves a request by a function of the application. */
  runEndpoint(_call: EndpointCall): EndpointOutcome {
    throw new Error("not yet");
  }

  /** Calls a function of the constitution, or `vote` of a ballot, in an interpreter of its own. */
  runGovernance<Name extends keyof GovernanceAnswers>(
    _call: GovernanceCall<Name>,
  ): GovernanceOutcome<GovernanceAnswers[Name]> {
    throw new Error("not yet");
  }
}
