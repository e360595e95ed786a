import { newQuickJSWASMModuleFromVariant, type QuickJSWASMModule } from "quickjs-emscripten-core";

/** The WebAssembly instances of QuickJS: one is in use, another is ready to take its place should it break. */
export class Machines {
  #current: QuickJSWASMModule;
  #isBroken = false;
  #spare: QuickJSWASMModule | undefined;

  private constructor(first: QuickJSWASMModule) {
    this.#current = first;
    this.#prepareSpare();
  }

  static async load(): Promise<Machines> {
    return new Machines(await instantiate());
  }

  /** The instance to use. A broken one stays in use for the moment that it takes until there is another. */
  get current(): QuickJSWASMModule {
    if (this.#isBroken && this.#spare) {
      this.#current = this.#spare;
      this.#isBroken = false;
      this.#prepareSpare();
    }
    return this.#current;
  }

  giveUpCurrent(): void {
    this.#isBroken = true;
  }

  #prepareSpare(): void {
    this.#spare = undefined;
    instantiate().then(
      (machine) => {
        this.#spare = machine;
      },
      () => undefined, // it worked before; at worst the broken instance stays in use
    );
  }
}

function instantiate(): Promise<QuickJSWASMModule> {
  return newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"));
}
