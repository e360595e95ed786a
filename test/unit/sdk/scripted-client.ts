import { Answer } from "../../../sdk/answer.js";
import { Client, type RequestOptions } from "../../../sdk/client.js";

/** What a service answers to `METHOD path`, the path without its query: a body, or a status with one. */
export type Script = (
  call: string,
  options: RequestOptions,
) => { status?: number; body: unknown } | undefined;

/** A client whose service is a script. What that has no answer to is not there. */
export class ScriptedClient extends Client {
  readonly #script: Script;
  readonly #origin: string;

  constructor(script: Script, serviceCertificatePem = "", url = "https://127.0.0.1:1") {
    super({ url, serviceCertificatePem });
    this.#script = script;
    this.#origin = url;
  }

  override at(url: string | readonly string[]): Client {
    const [first = ""] = [url].flat();
    return new ScriptedClient((call, options) => this.#script(`${call} at ${first}`, options), "", first);
  }

  override get url(): string {
    return this.#origin;
  }

  override async exchange(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    await Promise.resolve();
    const notFound = { error: { code: "ResourceNotFound", message: "There is no such thing." } };
    const call = `${method} ${path.split("?")[0]}`;
    const { status = 200, body } = this.#script(call, options) ?? { status: 404, body: notFound };
    return new Answer(status, {}, Buffer.from(JSON.stringify(body)));
  }
}

/** @returns a predicate for `assert.rejects` and `assert.throws` */
export const codeIs = (code: string) => (error: unknown) => (error as { code?: string }).code === code;
