import { newQuickJSWASMModuleFromVariant, type QuickJSWASMModule } from "quickjs-emscripten-core";

/** The WebAssembly instances of QuickJS: one is in use, another is ready to take its place should it break. */
export class Machines {
  #current: QuickJSWASMModule;
  #spare: QuickJSWASMModule | undefined;

  private constructor(first: QuickJSWASMModule) {
    this.#current = first;
    this.#prepareSpare();
  }

  static async load(): Promise<Machines> {
    return new Machines(await instantiate());
  }

  get current(): QuickJSWASMModule {
    return this.#current;
  }

  /** Gives up the current instance. While there is no other yet, it stays in use. @returns whether there was another */
  replace(): boolean {
    if (!this.#spare) return false;
    this.#current = this.#spare;
    this.#spare = undefined;
    this.#prepareSpare();
    return true;
  }

  #prepareSpare(): void {
    void instantiate().then((machine) => {
      this.#spare = machine;
    });
  }
}

function instantiate(): Promise<QuickJSWASMModule> {
  return newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync"));
}
