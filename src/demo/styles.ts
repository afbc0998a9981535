/** A way of designing that runs through every department: whoever likes one likes it in lamps and in coats. */
export interface Style {
  readonly name: string;
  /** how a description calls it */
  readonly phrase: string;
  /** the card behind the product */
  readonly ground: string;
  /** what takes colour, most usual first */
  readonly colours: readonly string[];
  readonly second: string;
  readonly accent: string;
  readonly dark: string;
  readonly metal: string;
  readonly wood: string;
}

/** name | phrase | ground | four colours | second accent dark metal wood */
const table = `nordic|calm Nordic lines|#eef1f0|#8fa3ad #c9cfc9 #5f7480 #b8a999|#f4f2ec #d9a441 #37444b #b4babd #d9b98c
japandi|the quiet of Japandi|#f1ece3|#b7a68f #8a8f7b #d6c8b2 #6e6256|#efe6d8 #a4553a #3b3430 #8c8478 #a97f56
midcentury|mid-century warmth|#f4eadb|#d2863a #2f6f73 #b5502f #c9a227|#f3e3c3 #2b5d62 #3e2a20 #c8a15a #9a5f35
industrial|workshop character|#e7e8e9|#5b6167 #84715f #3f454a #a3a7a9|#cfcac2 #c4622d #22262a #7d858b #8a6747
coastal|a breath of the coast|#eaf3f6|#3f7ea3 #9cc5d6 #e9e2d0 #24506f|#fbf8ef #e2725b #1f3b50 #c2cdd2 #d8c29c
bauhaus|Bauhaus clarity|#f3f1ea|#d8382e #1f4e9e #f0b81f #2a2a2c|#f7f4ea #f0b81f #1d1d1f #a9adb0 #caa472
botanical|botanical greens|#ecf2e8|#4d7a4f #8bae78 #2f5541 #c7d3a8|#f6f3e4 #d98a6a #24382b #b89b5e #a77c4e
noir|dark elegance|#e4e2e6|#2c2c34 #4a3c52 #6b2737 #3a4550|#8d8794 #c9a24d #15151a #b99a5b #4b342a
desert|desert tones|#f7ece2|#c8734a #dba878 #9c4a33 #e3c7a2|#f6e5d0 #3f7f78 #4c2a20 #c98f62 #b98355
sorbet|sorbet colours|#faeef1|#f09aa8 #a9c9e8 #f7c873 #b6dcc0|#fff6ec #ea6a73 #5a4a6b #e3b7a0 #e6c7a0
heritage|old-school craft|#efe9df|#27446b #6d2e2a #4a5a3a #a98a5b|#efe4cb #b08433 #29211c #b58a45 #7a4a2b
retro|seventies swing|#f6ebd7|#e07b2d #7b4b2a #d9b23c #4f8a83|#f7e7bf #c23f2f #44291b #cfa64d #a8683a`;

export const styles: readonly Style[] = table.split("\n").map((line) => {
  const [name, phrase, ground, colours, rest] = line.split("|");
  const [second, accent, dark, metal, wood] = rest.split(" ");
  return { name, phrase, ground, colours: colours.split(" "), second, accent, dark, metal, wood };
});
