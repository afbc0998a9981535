declare const __AISLE_VERSION__: string | undefined;

/** The program's version: put in by the build, absent when it runs from source. */
export const programVersion = typeof __AISLE_VERSION__ === "undefined" ? "0.0.0-source" : __AISLE_VERSION__;
