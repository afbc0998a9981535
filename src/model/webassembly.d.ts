/**
 * What this project uses of WebAssembly's JavaScript interface: TypeScript declares it with the browser's DOM
 * only, and nothing here may lean on a DOM.
 */
declare namespace WebAssembly {
  interface Memory {
    /** a SharedArrayBuffer where the memory is shared */
    readonly buffer: ArrayBuffer;
  }
  var Memory: {
    new (pages: { initial: number; maximum?: number; shared?: boolean }): Memory;
  };
  interface Module {
    readonly [Symbol.toStringTag]: "WebAssembly.Module";
  }
  var Module: {
    new (bytes: Uint8Array): Module;
  };
  function validate(bytes: Uint8Array): boolean;
  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  var Instance: {
    new (module: Module, imports: Record<string, Record<string, unknown>>): Instance;
  };
}
