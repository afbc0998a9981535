/** What fills a part: the material, the style's colours, or what has its own colour everywhere. */
export type Paint =
  | "material"
  | "shade"
  | "colour"
  | "other"
  | "second"
  | "accent"
  | "dark"
  | "metal"
  | "wood"
  | "white"
  | "veil"
  | "leaf"
  | "honey"
  | "chocolate";

export interface Part {
  readonly paint: Paint;
  /** of a line; undefined for what is filled */
  readonly strokeWidth: number | undefined;
  /** an SVG element without its attributes of colour: `path d="…"` */
  readonly shape: string;
}

export interface Silhouette {
  /** degrees by which it lies turned */
  readonly angle: number;
  readonly parts: readonly Part[];
}

const paints: Readonly<Record<string, Paint>> = {
  ...{ m: "material", n: "shade", c: "colour", t: "other", s: "second", a: "accent", d: "dark" },
  ...{ k: "metal", w: "wood", l: "white", v: "veil", g: "leaf", h: "honey", r: "chocolate" },
};

/**
 * A line for each type of product, on a square of 100 with the floor at 88: name, "@" and an angle where it lies
 * turned, and its parts from back to front. A part is a paint, a width where it is a line, "!" where it comes mirrored too,
 * and a path, b(ox) x y width height radius, o (circle) x y radius, or e(llipse) x y radii.
 */
const table = `armchair|n b26 24 48 40 12;m! b16 44 14 34 7;m b28 54 44 18 6;w! M24 78l-3 10h4l4-10z
sofa|n b12 34 76 32 8;m! b6 46 12 28 6;m b18 54 32 16 4;m b50 54 32 16 4;n b10 68 80 8 3;w! b14 76 4 11 1;a b22 42 16 15 3
dining-chair|m! b32 10 5 42 2;m b34 14 32 7 2;m b34 28 32 5 2;n M28 50h44l4 7h-52z;m! M28 57h6l-2 31h-4z
dining-table|m! M14 49h8l-3 39h-5z;n! M30 49h5l-2 30h-3z;m M6 40h88l-4 9h-80z;c b44 30 12 10 3;g M50 30q-10-8-6-16q8 4 6 16z;g M50 30q10-8 6-18q-8 6-6 18z
coffee-table|w! M26 60l-6 28h4l8-26z;w b48 62 4 24 1;n M10 54a40 9 0 0 0 80 0v4a40 9 0 0 1-80 0z;m e50 54 40 9
bookcase|m b22 10 56 78 2;n b27 15 46 18 0;n b27 38 46 18 0;n b27 61 46 20 0;a b29 19 5 14 0;s b35 17 4 16 0;d b40 21 6 12 0;c b52 44 5 12 0;a b58 42 4 14 0;s b63 46 6 10 0;c b30 70 8 11 1;t b46 66 4 15 0;a b51 68 5 13 0
sideboard|w! M20 72l-2 16h4l3-16z;m b8 38 84 36 3;n b12 42 37 28 1;n b51 42 37 28 1;k b45 53 2 7 1;k b53 53 2 7 1;c b70 24 9 14 3
bed|m b12 22 76 36 5;l b18 44 28 13 5;l b54 44 28 13 5;c M10 56h80l4 20h-88z;s M10 56h80l1.5 6h-83z;m b6 74 88 7 2;w! b10 81 5 7 1
floor-lamp|k b48.5 34 3 52 1;k e50 86 16 3;m M38 8h24l12 30h-48z;l M26 38h48v2h-48z
table-lamp|m M42 52q8-6 16 0q14 18 2 36h-20q-12-18 2-36z;k b48 42 4 10 1;s M36 12h28l12 32h-52z;a M25 41h50l1 3h-52z
pendant-lamp|d1 M50 0V30;k b45 25 10 9 2;m M20 66q2-34 30-34q28 0 30 34z;l e50 66 30 5;h o50 67 5
desk-lamp|k e44 86 20 4;d3 M44 84L28 54L56 30;k o28 54 4;m M46 34q0-18 16-22l26 24q-4 6-12 8z;h e76 40 9 5
wall-sconce|k b30 28 12 50 6;k3 M38 58h20v-8;m M46 20h26l8 28h-42z;h M38 48h42v3h-42z
lantern|k2 M38 22a12 12 0 0 1 24 0;m M36 22h28l8 12h-44z;s b32 34 36 42 2;h M50 66q-9-8 0-22q9 14 0 22z;l b45 66 10 10 1;m! b30 34 4 42 0;m b28 76 44 9 2
vase|g2 M50 24q-6-12-14-16M50 24q2-14 12-18M50 20v-16;c o36 8 4;a o62 6 4;m M40 20h20l-3 10q20 12 20 32t-18 26h-18q-18-8-18-26t20-32z;n e50 20 10 2.5
mirror|m o50 48 38;s o50 48 32;v M26 60l36-36l8 6l-38 38z;v M40 70l30-30l3 4l-28 28z
wall-clock|m o50 50 38;s o50 50 31;d1.5 M50 22v5M50 73v5M22 50h5M73 50h5;d2.5 M50 50V30;d2.5 M50 50L64 58;a1 M50 56L38 34;d o50 50 2.5
candle|m b30 42 40 46 5;l b34 37 32 9 3;d1.2 M50 38v-8;h M50 32q-8-8 0-22q8 14 0 22z;s b38 58 24 16 1;a b42 64 16 2 0
cushion|m M14 18q36 8 72 0q-8 34 0 68q-36-8-72 0q8-34 0-68z;n1 M20 25q30 6 60 0q-6 28 0 54q-30-6-60 0q6-26 0-54z;a o50 52 4
rug|m b12 22 76 58 0;n2 M18 28h64v46h-64z;a M50 32l20 19l-20 19l-20-19z;s M50 41l10 10l-10 10l-10-10z;s! b22 32 5 38 0;c2! M12 24H6M12 32H6M12 40H6M12 48H6M12 56H6M12 64H6M12 72H6M12 79H6
picture-frame|m b20 8 60 80 2;l b26 14 48 68 0;c M29 74l17-30l10 16l6-9l9 23z;a o60 32 8;t b29 74 42 4 0
saucepan|n b68 52 28 5 2.5;m M14 46h56v34q0 8-8 8h-40q-8 0-8-8z;k e42 46 28 5;n e42 43 25 4;d b37 32 10 8 3
frying-pan|d M58 58l36 22l-4 7l-36-21z;m o38 46 32;n o38 46 25;l M24 44q2-14 16-12q14 4 10 16q-4 10-16 8q-12-2-10-12z;h o37 44 6
kettle|d4 M30 38q20-34 40 0;m M72 58l16-14l4 4l-14 24z;m M26 88q-10-32 10-48h28q20 16 10 48z;n e50 40 14 3;d o50 35 4
chef-knife@-35|k M36 40h56q4 0 4 2q-16 22-38 22h-22z;m b4 44 34 11 4;d o12 49 1.6;d o21 49 1.6;d o30 49 1.6;d b34 41 4 16 1
cutting-board|m b42 4 16 20 5;m b18 20 64 68 8;d o50 12 3.5;n1.5 M26 28h48v52h-48z;a o40 60 10;l o40 60 7;g M56 46q2-12 14-12q2 12-14 12z
stand-mixer|m b62 30 18 50 2;m b16 78 68 10 5;m M14 24q0-12 12-12h48q8 0 8 10v16h-56q-12 0-12-14z;k b31 38 6 10 1;k M18 50h34q0 28-10 28h-14q-10 0-10-28z;a o70 26 3.5;s b20 24 30 3 1
coffee-maker|m b20 10 58 16 4;n b20 26 20 52 0;m b18 76 64 12 3;k b52 28 16 10 2;s M44 42h30v28q0 5-5 5h-20q-5 0-5-5z;r M44 54h30v16q0 5-5 5h-20q-5 0-5-5z;d3 M74 48q12 0 9 11q-2 7-9 7;a o30 18 3
toaster|h b26 20 20 26 5;h b54 20 20 26 5;m b10 36 80 48 13;n b20 36 60 4 2;d b16 83 12 5 1;d b72 83 12 5 1;k b85 50 9 5 2;a o24 70 4;d1 M34 70h42
mug|m6 M66 40q22-2 20 15q-2 15-20 14;m M20 26h48v54q0 8-8 8h-32q-8 0-8-8z;n e44 26 24 4;r e44 26.5 20 2.6
plate|m o50 50 42;a1.5 o50 50 37;n o50 50 28;m o50 50 26
bowl|m M8 42h84q0 38-28 42v4h-28v-4q-28-4-28-42z;n e50 42 42 9;s e50 43 36 6
wine-glass|a M31 30h38q0 20-19 21q-19-1-19-21z;m M29 8h42q6 42-18 46v28q14 0 17 6h-40q3-6 17-6v-28q-24-4-18-46z
teapot|m5 M22 46q-18 2-14 18q4 12 18 10;m M74 60q8-4 12-22l8 2q2 24-18 32z;m e48 62 33 25;n e48 39 15 5;d o48 32 5
carafe|a M28 62h44l4 16q0 7-8 7h-36q-8 0-8-7z;m M42 12h16l-2 24q22 16 22 44q0 8-8 8h-40q-8 0-8-8q0-28 22-44z;d b42 4 16 10 3
cutlery|m M18 10h3v20h3v-20h3v20h3v-20h3v26q0 6-5 8l1 44h-6l1-44q-6-2-6-8z;m M48 10q13 8 11 42h-6l1 36h-6z;m e77 24 9 15;m b74.5 36 5 52 2.5
t-shirt|m M34 12q16 12 32 0l28 15l-9 18l-11-5v48h-48v-48l-11 5l-9-18z;n2.5 M35 13q15 13 30 0;a b40 40 20 14 2
shirt|m M34 10l16 8l16-8l22 10l6 52l-11 2l-7-34v48h-52v-48l-7 34l-11-2l6-52z;n1.2 M50 20v68;s M34 10l16 8l-8 12z;s M66 10l-16 8l8 12z;l o50 40 1.5;l o50 54 1.5;l o50 68 1.5;n b58 40 12 12 1
sweater|m M36 12q14 8 28 0l22 12l8 52l-13 3l-6-34v43h-50v-43l-6 34l-13-3l8-52z;n b25 81 50 7 1;n3 M37 13q13 8 26 0;a3 M29 46h42;s2 M29 52h42;a1 M29 56h42
jacket|m M32 10l18 8l18-8l20 10l6 56l-13 2l-5-30v40h-52v-40l-5 30l-13-2l6-56z;s M42 14l8 4l8-4l-4 40h-8z;n M32 10l10 4l8 40l-14-20z;n M68 10l-10 4l-8 40l14-20z;d1 M50 54v34;k o54 60 1.6;k o54 72 1.6;n b28 64 13 10 1;n b59 64 13 10 1
trousers|m M28 8h44l8 80h-22l-8-54l-8 54h-22z;n b28 8 44 7 1;d1 M50 15v18;k b47 9 6 5 1;n1 M31 16q6 8 12 6M69 16q-6 8-12 6
dress|m M36 6h5q1 12 9 12t9-12h5l5 26l-6 10l22 44q-35 6-70 0l22-44l-6-10z;a b36 40 28 5 1;n1 M44 46l-8 40M56 46l8 40
skirt|m M30 10h40l22 72q-42 12-84 0z;n b30 10 40 8 1;n1.2 M40 18l-14 66M50 18v68M60 18l14 66;a2 M12 76q38 10 76 0
hoodie|n M30 22q20-26 40 0q4 12-20 18q-24-6-20-18z;m M30 22l20 14l20-14l20 10l6 50l-13 2l-7-32v36h-52v-36l-7 32l-13-2l6-50z;n M36 60h28l8 18h-44z;l1.5 M45 36v14M55 36v14
sneaker|m M8 42q9 4 16 0l6-8q4-2 8 2l16 20q22 2 34 12q6 4 4 12h-82q-5-20-2-38z;s M8 42q9 4 16 0l2 24q-10 4-19 2z;l b6 78 88 10 5;a2.5 M26 74q22 2 36-8;l2 M39 46l9-6M44 53l9-6M49 60l9-6
boot|m M30 6h32v46q24 6 28 18q2 8 0 10h-60z;n b30 6 32 9 1;d b28 79 64 9 2;l1.8 M54 22h9M54 30h9M54 38h9M54 46h10;n1.5 M30 62q20-4 30-8
loafer|m M6 46q8 10 22 8q26-12 38 6q26 2 28 16q0 6-4 6h-82q-7-18-2-36z;d b6 80 86 5 2;d b6 82 26 6 1;n M34 54q16-8 30 4l-8 10q-10-8-24-6z;k b42 58 12 4 1
sandal|w M6 74q42-12 88 0q2 10-4 14h-80q-6-4-4-14z;m M50 72q10-34 34-26q10 8 8 26l-9-2q0-16-12-16t-13 18z;m M10 72q0-32 24-34l2 9q-15 2-17 24z;m4 M36 44q16 2 22 24;k o36 43 4
heel|m M8 20q20 12 34 40q14 14 40 16q12 2 12 12h-48q-18-4-30-28v28h-5q2-44-3-68z;d b50 86 44 3 1;a o66 70 4
slipper|m M6 78q2-18 20-16q20 2 26 4q8-26 28-22q14 8 14 34z;l M9 68q8-12 43-2q-4 11-23 11q-21 0-20-9z;d b6 78 88 8 4;s o74 56 6
backpack|n5 M38 16q12-18 24 0;n! b14 50 12 32 5;m b22 12 56 76 18;n b31 52 38 28 6;d1.5 M31 60h38;d1.5 M28 42q22 8 44 0;k b47 58 6 7 1;s b42 24 16 8 2
tote|n4 M34 44v-20q0-16 16-16t16 16v20;m M14 36h72l-6 52h-60z;a o50 62 12;s o50 62 7
handbag|n4 M30 44q0-34 20-34t20 34;m M14 40h72l8 42q0 6-6 6h-76q-6 0-6-6z;n M14 40h72l2 12q-38 22-76 0z;k b44 55 12 10 2
suitcase|k3 M38 18v-14h24v14;m b20 16 60 68 7;n2 M32 18v64M44 18v64M56 18v64M68 18v64;d b26 84 9 5 2;d b65 84 9 5 2;a b46 30 10 14 1;k b36 14 28 4 2
duffel|n4 M30 46q0-28 20-28t20 28;m M4 50q0-12 14-12h64q14 0 14 12v22q0 14-14 14h-64q-14 0-14-14z;n! b26 38 7 48 0;d1.5 M12 48h76;s b42 58 16 12 2
wallet|a b24 16 52 20 3;l b20 22 60 22 3;m b12 30 76 54 5;n M12 35q0-5 5-5h66q5 0 5 5v20q-38 10-76 0z;k o50 60 4
sunglasses|m M4 36h92v8q-2 30-22 30t-21-24h-6q-1 24-21 24t-22-30z;d M10 43h32q0 25-16 25t-16-25z;d M58 43h32q0 25-16 25t-16-25z;v M15 47h10l-5 14q-4-5-5-14z;v M63 47h10l-5 14q-4-5-5-14z
belt|m M50 12a38 38 0 1 0 .1 0zM50 26a24 24 0 1 1-.1 0z;n1 M50 16a34 34 0 1 0 .1 0z;k4 b74 38 20 24 3;k3 M78 50h14;d o19 44 1.5;d o18 52 1.5;d o20 60 1.5
scarf|n M52 30l16-2l8 52h-20z;m M22 12q28-10 56 0l-5 22q-23 8-46 0z;m M34 32l18 2l-8 52h-20z;s1.5 M26 86v6M32 86v6M38 86v6M43 86v6M60 80v6M66 80v6M72 80v6;a3 M28 74l18 1M30 66l18 1;n1.5 M28 22q22 8 44 0
cap|n M52 60q30-8 44 12q-22-8-46 0z;m M10 64q-2-38 38-40q36 2 38 36q-36-6-76 4z;n1.2 M48 24q-10 16-8 36M48 24q14 14 14 34;a o48 23 3.5;s o62 48 6
beanie|m M16 66q0-50 34-52q34 2 34 52z;n b12 62 76 20 7;s o50 12 10;n1.2 M34 22q-8 18-8 40M50 16v46M66 22q8 18 8 40;n1.2 M24 62v20M37 62v20M50 62v20M63 62v20M76 62v20
umbrella|d3 M50 12v66q0 10-9 10t-9-8;m M8 52q4-40 42-40t42 40q-7-8-14 0q-7-8-14 0q-7-8-14 0q-7-8-14 0q-7-8-14 0q-7-8-14 0z;n M50 12q-14 14-14 40q7-8 14 0q7-8 14 0q0-26-14-40z;k b49 5 2 8 1
gloves|n M56 88v-42q6-4 6-26q4-9 8 0v-4q5-9 9 0v8q5-7 9 0v40q0 8-5 12v12z;m M22 88v-28l-12-22q0-8 8-4l8 14v-30q5-9 9 0v-6q5-9 9 0v6q5-7 9 0v38q0 10-5 14v18z;s b20 76 30 7 1
ring|m M50 28a30 30 0 1 0 .1 0zM50 37a21 21 0 1 1-.1 0z;a M36 10h28l8 9l-22 17l-22-17z;v M40 10h10l-4 9h-18z
necklace|m2.5 M14 6q4 56 36 64q32-8 36-64;m o24 42 4;m o76 42 4;m o34 58 5;m o66 58 5;k o50 69 4;a M50 72l12 10l-12 16l-12-16z;v M50 72l-12 10h12z
earrings|m2! o30 16 7;m! M30 24l16 26q0 24-16 26q-16-2-16-26z;a! o30 56 8;v! o27 53 3
bracelet|m M50 22a42 32 0 1 0 .1 0zM50 31a33 23 0 1 1-.1 0z;a o50 82 7;s! o35 80 5.5;a! o22 72 4.5;v o48 80 2
watch|m M36 2h28l3 30h-34z;m M33 68h34l-3 30h-28z;k o50 50 27;s o50 50 21;d1 M50 31v4M50 65v4M31 50h4M65 50h4;d2 M50 50V36;d2 M50 50l10 6;a o50 50 2.5;k b76 46 6 8 1
brooch|m o50 26 15;m o73 43 15;m o64 70 15;m o36 70 15;m o27 43 15;n o50 50 17;a o50 50 13;v o46 46 4.5
laptop|m b14 16 72 50 4;c b19 21 62 40 1;t M19 61v-14q20-12 36 2t26-8v20z;v M19 21h30l-22 40h-8z;n M4 66h92l2 10q0 6-6 6h-84q-6 0-6-6z;d b42 66 16 4 1
phone|m b28 4 44 86 8;d b31 8 38 78 5;c M31 58q18-22 38-8v31q0 5-5 5h-28q-5 0-5-5z;a o56 34 7;d b43 10 14 4 2;n b72 26 2 12 1
tablet|m b8 16 84 66 6;l b14 21 72 56 2;t M14 62l22-24l20 20l12-9l18 16v12h-72z;a o68 34 7;d o11 49 1.5
camera|n M34 32l4-14h24l4 14z;m b6 30 88 54 6;k b6 30 88 13 5;d o50 60 23;n o50 60 18;d o50 60 11;v o44 54 4.5;a o82 36 3;k b14 23 14 8 2
headphones|n6 M18 60q0-50 32-50t32 50;m! b8 50 20 36 9;d! b25 54 8 28 4
earbuds|m! M30 42q-14-2-14-16q2-14 16-14q14 2 12 16q-2 10-8 22h-6z;d! o24 26 5;n b18 52 64 36 17;n1 M18 66h64;d1 M20 64h60;a o50 76 3
speaker|d! b28 84 10 5 1;m b22 4 56 82 5;d o50 58 21;n o50 58 14;d o50 58 6;d o50 22 11;n o50 22 6;a o70 78 2.5
turntable|m b6 14 88 74 4;d o42 51 33;n1 o42 51 27;n1 o42 51 21;n1 o42 51 15;a o42 51 10;l o42 51 2;k3 M84 24v34l-18 16;k o84 24 6;s o84 78 4
radio|k2 M72 28L90 4;d4 M30 30v-10h34v10;m b6 28 88 58 7;d o30 57 21;n o30 57 16;d1 M18 50h24M16 57h28M18 64h24;s b56 38 32 16 2;a2 M68 40v12;k o63 70 6;k o81 70 6
acoustic-guitar@18|d b44 -4 12 12 2;n b47 4 6 46 1;m M50 34q18-2 18 14q0 9 7 16q9 24-25 26q-34-2-25-26q7-7 7-16q0-16 18-14z;d o50 56 8;d b41 74 18 4 1;l.8 M48 4V74M52 4V74
electric-guitar@18|d M42-4h12l4 12h-12z;w b47 6 6 46 1;m M34 40q-8-8-12 4q0 12 4 18q-10 26 22 28q38 2 29-26q9-16-3-22q-9 2-9 8h-22q-2-8-9-10z;l M42 54h16l4 22h-24z;d b43 57 14 4 1;d b43 66 14 4 1;k o66 76 3;l.8 M48 4V72M52 4V72
violin|w1.5 M84 4L92 90;d o50 6 5;d b48 6 4 40 1;m M50 32q17 0 17 11q0 7-5 10q0 7 5 10q14 24-17 26q-31-2-17-26q5-3 5-10q-5-3-5-10q0-11 17-11z;d b48 36 4 32 1;d1.8! M40 58q-5 5 0 12;l b43 67 14 2.5 0
piano|m! b10 66 7 22 1;m M4 20h92v30h-92z;n b4 20 92 5 0;l b7 48 86 16 0;d.8 M17 48v16M27 48v16M37 48v16M47 48v16M57 48v16M67 48v16M77 48v16M87 48v16;d4 M17 48v9M27 48v9M47 48v9M57 48v9M67 48v9M87 48v9;n b4 63 92 7 0;a b40 32 20 6 1;k o72 35 3;k o82 35 3
drum|m M10 42v32q40 20 80 0v-32z;k2.5 M10 74q40 20 80 0;l e50 42 40 14;k2.5 e50 42 40 14;k1.8! M24 53v30;k1.8 M50 57v30;w3.5 M22 6L56 40;w3.5 M82 8L50 42
trumpet@-14|m4.5 M30 46v18q0 8 8 8h26q8 0 8-8v-18;m b6 40 72 7 3;m M72 40q14-2 22-18v44q-8-18-22-20z;k b38 26 7 48 2;k b48 26 7 48 2;k b58 26 7 48 2;m b2 36 7 14 2;s o41.5 24 4;s o51.5 24 4;s o61.5 24 4
ukulele@-15|d b44 0 12 13 4;w b47 10 6 38 1;m o50 48 17;m o50 70 22;d o50 58 7;d b42 77 16 3 1;l.8 M48.5 8V77M51.5 8V77
tent|m M50 14L98 86H2z;n M50 14L68 86H32z;d M50 34L59 86H41z;a M50 6l12 4l-12 4z;d1 M50 14v-9;d1 M14 68L2 78M86 68L98 78
sleeping-bag@-20|m M32 8q18-12 36 0q10 16 8 44l-7 34q-19 8-38 0l-7-34q-2-28 8-44z;s M37 14q13-9 26 0q4 9 0 20q-13 5-26 0q-4-11 0-20z;n1.8 M25 44h50M25 56h50M28 68h44M30 78h40;a1.2 M62 34L66 84
cooler|k4 M22 36q0-26 28-26t28 26;m b12 40 76 48 6;n b12 46 76 6 0;l b8 28 84 15 5;k b43 36 14 13 2;a M50 62v18M42 66l16 10M58 66l-16 10;s2 M50 60v20M41 65l18 10M59 65l-18 10
camp-chair|d3 M16 88L76 50M84 88L24 50;m M20 6h60l2 40h-64z;n M14 46h72l-5 16h-62z;d! b8 38 8 5 2;d2! M12 42v20;a b36 18 28 6 2
flask|k b39 2 22 14 4;n b42 16 16 6 0;m M38 22h24q10 8 10 18v42q0 6-6 6h-32q-6 0-6-6v-42q0-10 10-18z;a b28 48 44 6 0;s b28 57 44 3 0
compass|k b45 4 10 12 4;m o50 52 37;s o50 52 30;a M50 26l8 26h-16z;d M50 78l8-26h-16z;k o50 52 3.5;d1.2 M50 23v4M21 52h4M75 52h4M50 77v4
kayak@-12|w2.5 M16 86L86 18;a M80 12l14-4l-4 14l-10 6z;a M22 90l-14 4l4-14l10-6z;m M-2 52q52-34 104 0q-52 34-104 0z;d e50 51 18 8;n1.8 M4 52q46-22 92 0;s e50 51 10 4
bicycle|d3 o22 66 20;d3 o78 66 20;k.7 M22 46v40M2 66h40M78 46v40M58 66h40M8 52l28 28M36 52l-28 28M64 52l28 28M92 52l-28 28;m4.5 M22 66L40 36H66L50 66ZM50 66L38 28;m4.5 M78 66L64 30;d3 M58 25h12q6 0 6 7;d b29 24 18 5 2;k o50 66 5
racket@28|m M50 0q28 4 28 34q-4 28-23 32h-10q-19-4-23-32q0-30 28-34zM50 7q-21 4-21 27q3 21 17 25h8q14-4 17-25q0-23-21-27z;s.8 M36 16v38M43 10v48M50 7v52M57 10v48M64 16v38M32 20h36M29 28h42M29 36h42M31 44h38M36 52h28;m b46 65 8 10 0;d b45 72 10 26 3;a b45 72 10 4 1
dumbbell@-20|k b24 45 52 10 3;m! b16 22 14 56 4;n! b6 32 10 36 3;k1 M40 45v10M45 45v10M50 45v10M55 45v10M60 45v10
yoga-mat|m M24 38h54l18 44q0 4-4 4h-68z;s1.5 M34 44h42M40 74h46;n o24 62 24;m o24 62 19;n o24 62 13;m o24 62 7;d o24 62 2.5;a b46 38 6 48 0
ball|m o50 50 39;d M50 35l14 10l-5 17h-18l-5-17z;d M50 11q8 1 13 4l-13 9l-13-9q5-3 13-4z;d! M13 40l10 2l3 12l-11 6q-4-10-2-20z;d! M26 80l5-12l13 3l-1 15q-10-1-17-6z;n1.2 M50 24v11M64 45l12-3M59 62l9 8M41 62l-9 8M36 45l-12-3
skateboard|k! b20 56 18 6 1;m M0 36q4 12 18 12h64q14 0 18-12q2 20-14 22h-72q-16-2-14-22z;a! o29 70 10;d! o29 70 4;s b38 50 24 4 2
skis|k1.5 M86 14L80 88;a o86 12 3.5;n M26 92l-8-72q2-14 11-14q8 2 8 12l5 74z;m M54 92l6-74q2-12 9-12q11 2 9 16l-7 70z;d M25 48l13-1l1 14l-12 1z;d M57 48l14 1l-2 14l-13-1z;s2 M22 30l14-1M60 30l14 1
hammer@30|m M45 34h10l3 56q0 3-8 3t-8-3z;k b24 14 42 22 3;k M66 16q20 0 28 18q-14-6-28 0z;k b16 11 10 28 3
drill|m M24 46h20l6 34h-20z;m M10 22h54q8 0 8 8v12q0 8-8 8h-54q-6-14 0-28z;d b72 28 11 14 2;k b83 33.5 15 3 1;d b22 78 34 11 3;a b44 52 6 9 2;n2 M48 24v24M54 24v24M60 24v24;s o24 36 5
screwdriver@40|k M47 38h6v46l3 12h-12l3-12z;m M40-2q10-5 20 0l-2 10l5 24q-13 10-26 0l5-24z;d b44 36 12 6 2;n1.5 M46 6v28M54 6v28
wrench@35|m b43 26 14 52 0;m M28 10q3-8 11-10v18h22v-18q11 2 13 16q0 18-16 20h-16q-16-2-16-18q0-4 2-8z;m M50 68a14 14 0 1 0 .1 0zM50 75a7 7 0 1 1-.1 0z;n2.5 M50 40v24
saw|k M30 34l66 24v9l-4-4l-4 4l-4-4l-4 4l-4-4l-4 4l-4-4l-4 4l-4-4l-4 4l-4-4l-4 4l-4-4l-4 4l-4-4l-4 4h-8z;m M4 34q2-10 14-8l22 5v42q-14 10-28 2q-11-10-8-41zM14 42q-2 16 4 22h12v-22z;k o34 40 2;k o34 66 2
toolbox|k5 M32 36v-18h36v18;m b6 34 88 54 4;n b6 34 88 17 4;k! b22 44 10 15 1;a b40 64 20 12 1;s1 M43 70h14
tape-measure|m M8 18h50q26 0 26 28v42h-76z;k o42 52 23;s o42 52 17;a b30 48 24 8 1;h M84 78h12v10h-12z;d1 M86 78v5M89 78v5M92 78v5;d b95 76 3 14 0
novel@-8|l b28 12 54 76 2;m b22 8 54 78 2;n b22 8 8 78 1;a o53 36 12;c M53 24a12 12 0 0 1 0 24z;l b38 60 30 5 1;l b43 69 20 3 1
notebook@6|l b26 12 54 78 3;m b20 8 56 80 3;n b20 8 7 80 2;a b64 8 5 80 0;s b34 24 24 15 1;d1 M38 30h16M38 34h10
sketchbook|m b14 16 72 72 3;l b24 32 52 46 1;c2 M30 70q12-40 20-16t20-14;t o64 44 5;d2.5 M24 9v14M34 9v14M44 9v14M56 9v14M66 9v14M76 9v14
fountain-pen@40|m b43 24 14 50 2;m M43-2q7-8 14 0v32h-14z;n b43 28 14 5 0;k b42 33 16 3 0;k M57 0h4v24l-3 3h-1z;k M44 74h12l-6 26z;d1 M50 82v16
pencils|c b22 20 9 30 0;w M22 20l4.5-12l4.5 12z;a b34 24 9 30 0;w M34 24l4.5-12l4.5 12z;t b46 16 9 36 0;w M46 16l4.5-12l4.5 12z;s b58 24 9 30 0;w M58 24l4.5-12l4.5 12z;d b70 19 9 30 0;w M70 19l4.5-12l4.5 12z;m b14 40 72 48 4;n b14 46 72 7 0;l b28 62 44 16 2;d1.2 M34 70q8-8 16 0t16 0
cookbook|l b24 12 62 76 2;m b16 8 64 78 2;n b16 8 9 78 1;l o52 38 20;a o52 38 13;g M52 38q2-12 12-12q0 12-12 12z;l b34 66 36 6 1;s1.5 M30 64v-8
bouquet|g M22 40q-8-14-2-26q12 6 12 26z;g M78 42q10-10 8-24q-14 4-16 22z;c o34 30 13;a o54 20 13;t o70 34 12;s o50 40 11;l o34 30 4;h o54 20 4;l o70 34 4;h o50 40 3.5;m M18 48q32 14 64 0l-22 44h-20z;n M50 54l32-6l-22 44h-10z;a M38 72h24v5h-24z;a M50 74l10 12l-8-2z
tulips|g2.5 M36 42L48 84M51 34V84M66 44L53 84;g M40 66q-16-18-26-14q6 18 24 22z;g M60 66q14-18 24-14q-4 16-22 22z;c M24 20l6 6l5-10l5 10l6-6q4 26-11 28q-15-2-11-28z;a M40 8l6 6l5-10l5 10l6-6q4 26-11 28q-15-2-11-28z;t M55 22l6 6l5-10l5 10l6-6q4 26-11 28q-15-2-11-28z;m M30 62h42l-9 30h-24z;n M51 62h21l-9 30h-12z
monstera|g2.5 M50 64L30 30M50 64L70 26M50 64V34;g M30 34q-26-2-24-24q10-2 14 2l2 8l2-10q12 2 14 14l-8 2l8 2q-2 6-8 6z;g M70 30q-8-20 6-28l2 10l4-10q16 4 16 18l-10 2l8 4q-10 14-26 4z;g M50 44q-16-12-8-34q14 2 18 20q-2 10-10 14z;v1 M10 14l20 18M92 12l-22 18M46 14l4 28;m M26 62h48l-7 26h-34z;n b23 58 54 8 2
cactus|g M38 50h-10q-10 0-10-10v-10q5-8 10 0v8h10z;g M62 42h10q10 0 10-10v-8q-5-8-10 0v6h-10z;g b38 10 24 56 12;v1 M45 20v40M50 16v44M55 20v40;a o50 9 6;h o50 9 2.5;m M26 64h48l-6 24h-36z;n b23 58 54 9 2
orchid|g2 M48 66Q36 24 74 12;g M48 68q-30 2-36-16q22-4 36 16z;g M50 68q26-4 34-18q-22-4-34 18z;c o76 14 8;a o76 14 3;c o60 17 9;a o60 17 3.5;c o47 30 9;a o47 30 3.5;t o44 46 7;a o44 46 2.5;m M32 64h36l-5 24h-26z;n b29 61 42 6 2
wreath|m M50 10a40 40 0 1 0 .1 0zM50 30a20 20 0 1 1-.1 0z;g! M32 20q-14-2-18 12q14 4 18-12z;g! M14 46q-10 8-4 20q10-6 4-20z;g! M34 82q-14 2-18-8q10-8 18 8z;g! M36 34q-4-10 6-18q6 10-6 18z;a o50 19 5;a! o24 34 4;s! o22 62 4.5;a! o30 74 3;c M34 78l16 8l16-8v18l-16-8l-16 8z
bonsai|w M42 68q10-16-4-28l7-4q12 10 24-8l5 4q-12 18-19 18q2 10-2 18z;g e32 32 26 14;g e62 18 22 12;g e76 38 18 10;v e26 27 12 4;v e58 13 10 3;m M18 68h64l-7 16h-50z;n b15 64 70 7 2;d! b24 84 9 4 1
coffee|m M26 20h48v64q0 4-4 4h-40q-4 0-4-4z;n M26 20l5-14h38l5 14z;l b32 38 36 34 2;r e50 53 10 13;l1.5 M50 42q-6 10 0 12t0 11;a b32 76 36 5 0;k b34 8 32 3 1
tea|s1 M60 18q22-14 24 10;s b77 28 15 18 1;g M80 40q0-8 9-8q0 8-9 8z;m b20 18 54 70 4;n b18 14 58 15 3;l o47 58 19;g M36 66q0-20 22-20q0 20-22 20z;d1 M38 64L54 50
honey|h M30 34h40v46q0 5-5 5h-30q-5 0-5-5z;m M24 26h52v54q0 8-8 8h-36q-8 0-8-8z;k b27 10 46 16 3;l M50 42l16 9v18l-16 9l-16-9v-18z;h M50 49l10 6v11l-10 6l-10-6v-11z
olive-oil|m M43 18h14v14q16 6 16 22v28q0 6-6 6h-34q-6 0-6-6v-28q0-16 16-22z;d b41 2 18 18 3;l b30 52 40 26 1;g e44 67 8 5;g e57 63 8 5;w1.2 M34 58q16-4 32 6
pasta|m b22 10 56 78 3;n M22 10h56l-4-6h-48z;l b32 30 36 38 3;h2.5 M37 32v34M42.5 32v34M48 32v34M53.5 32v34M59 32v34M64 32v34;a b32 73 36 8 1;d1 M38 20h24
chocolate@-10|r b26 0 48 42 2;h.8 M42 0v34M58 0v34M26 14h48M26 28h48;l M24 32l7-6l6 6l7-6l6 6l7-6l6 6l7-6l6 6v8h-52z;m b24 38 52 54 2;a b30 52 40 18 2;s b30 76 40 4 0;l1.5 M36 61h28
bread|m M8 60q-6-32 42-34q48 2 42 34q0 24-9 26h-66q-9-2-9-26z;n M28 40q9 8 6 26l-7-3q2-14-6-18z;n M48 36q9 8 6 28l-7-2q2-14-6-22z;n M68 38q9 8 6 26l-7-3q2-12-6-19z
cheese|m M4 56L70 18q26 8 26 30v8z;n M4 56h92v30h-92z;s o28 70 8;s o58 67 5;s o80 74 6;s o70 40 5;s e48 46 6 3
juice|s2.5 M60 14l8-14h8;m M26 34h48v54h-48z;n M26 34l10-18h28l10 18z;n b36 8 28 9 1;a o50 62 15;v o45 57 5;g M50 48q4-12 16-8q-2 12-16 8z;l b32 80 36 5 1
jam|c M29 36h42v44q0 5-5 5h-32q-5 0-5-5z;m M24 32h52v48q0 8-8 8h-36q-8 0-8-8z;s M18 30q4-8 8-16q24-8 48 0q4 8 8 16q-6 8-10 4q-22-6-44 0q-4 4-10-4z;a2 M26 26q24-6 48 0;l b34 50 32 24 2;a o46 62 6;a o55 63 6;g M50 57q0-6 7-6q0 6-7 6z
lipstick|a M38 44v-26q4-14 24-16v42z;k b35 40 30 16 1;m b30 55 40 33 3;k b30 60 40 4 0
perfume|k b40 4 20 16 4;k b44 20 12 10 0;a b26 46 48 38 5;m b18 28 64 60 9;l b34 48 32 22 1;d b41 56 18 2.5 0;d b45 62 10 1.5 0
face-cream|m M10 50h80v26q0 12-12 12h-56q-12 0-12-12z;k b8 30 84 22 5;n b8 46 84 5 0;l b32 60 36 18 2;a b40 66 20 2.5 0;a b44 71 12 2 0
soap|m M8 50q0-18 18-18h48q18 0 18 18v18q0 18-18 18h-48q-18 0-18-18z;n e50 58 28 13;m e50 59 25 10;s o74 22 8;s o88 12 5;s o62 12 4;v o72 20 3
shampoo|d b24 2 30 7 3;d b44 8 10 12 0;d b38 18 24 9 2;m M34 26h32q12 2 12 14v42q0 6-6 6h-44q-6 0-6-6v-42q0-12 12-14z;l b30 46 40 30 2;a o50 57 7;c b38 69 24 3 1
nail-polish|c M28 58q0-7 7-7h30q7 0 7 7v20q0 7-7 7h-30q-7 0-7-7z;m M24 56q0-9 9-9h34q9 0 9 9v22q0 10-10 10h-32q-10 0-10-10z;d M41 2h18l4 42h-26z;k b36 42 28 6 1
hairbrush@30|m M44 54h12l-1 42q-5 6-10 0z;m b29 0 42 60 19;n b35 7 30 46 14;s2.5 M42 16h.1M50 16h.1M58 16h.1M42 25h.1M50 25h.1M58 25h.1M42 34h.1M50 34h.1M58 34h.1M42 43h.1M50 43h.1M58 43h.1
serum|s M43 6q7-10 14 0v14h-14z;d b41 18 18 12 2;k b39 30 22 6 1;m M34 36h32q10 2 10 12v32q0 8-8 8h-36q-8 0-8-8v-32q0-10 10-12z;l b32 52 36 26 1;a b38 58 22 3 0;a b38 66 14 2 0
teddy|m! o28 16 12;n! o28 16 6;m! e20 60 10 16;m! e34 82 13 10;m e50 62 25 26;s e50 64 15 17;m o50 30 24;s e50 38 11 8;d! o41 26 2.5;d e50 34 4 3;d1 M50 37v4;a M38 50l12 5l12-5v12l-12-5l-12 5z
toy-train|m b4 30 34 42 2;n b0 22 42 9 2;s b11 38 19 15 1;c b38 44 48 28 5;d b68 24 10 20 1;d b64 20 18 6 1;a o84 58 7;k b52 36 9 8 4;d o18 76 12;d o48 76 12;d o76 76 12;k o18 76 4;k o48 76 4;k o76 76 4
blocks|m b10 52 38 36 4;c b52 52 38 36 4;t b31 14 38 36 4;l o29 70 11;l M71 58l12 22h-24z;l b41 23 18 18 1;m o29 70 5
kite|m M50 2L86 38L50 80L14 38z;n M50 2L86 38H50z;a M50 38H86L50 80z;s M50 38H14L50 2z;d1 M50 2V80M14 38H86;d1 M50 80q-10 5 0 9t0 9;c M42 84l8 4l8-4v8l-8-4l-8 4z
robot|d2 M50 16v-10;a o50 5 5;m b26 14 48 32 6;l! o39 28 7;d! o39 28 3;d b38 38 24 4 1;n b42 46 16 4 0;n! b6 52 12 26 5;n! b28 78 17 10 3;m b20 49 60 31 5;a o36 60 5;c o50 60 5;h o64 60 5;s b32 70 36 5 1
rocking-horse|m5 M4 80q46 18 92 0;m M26 48h40q8 2 8 12v26h-7l-5-22h-26l-7 22h-7v-28q0-8 4-10z;m M54 52l10-30l8-12l5 9l15 18l-5 9l-16-3l-5 12z;d o78 26 2.5;c M38 44h22q2 11-11 11t-11-11z;a5 M64 18q-10 10-8 28;a5 M28 50q-16 2-14 24
puzzle|m M14 32h22q-5-15 9-15t9 15h22v21q15-5 15 9t-15 9v17h-22q5-12-9-12t-9 12h-22v-17q12 5 12-9t-12-9z;n1.2 M18 36h20q-4-15 7-15t7 15`;

/** type → its silhouette */
export const silhouettes: ReadonlyMap<string, Silhouette> = new Map(
  table.split("\n").map((line) => {
    const [head, parts] = line.split("|");
    const [name, angle = "0"] = head.split("@");
    return [name, { angle: Number(angle), parts: parts.split(";").flatMap(parsePart) }];
  }),
);

function parsePart(text: string): Part[] {
  const [, letter, width, mirror, drawn] = /^([a-z])([\d.]*)(!?) (.*)$/.exec(text) ?? [];
  const shape = parseShape(drawn);
  const part = { paint: paints[letter], strokeWidth: width === "" ? undefined : Number(width), shape };
  const mirrored = { ...part, shape: `${shape} transform="matrix(-1 0 0 1 100 0)"` };
  return mirror === "!" ? [part, mirrored] : [part];
}

function parseShape(text: string): string {
  const [x, y, a, b, radius] = text.slice(1).split(" ");
  if (text[0] === "b") return `rect x="${x}" y="${y}" width="${a}" height="${b}" rx="${radius}"`;
  if (text[0] === "o") return `circle cx="${x}" cy="${y}" r="${a}"`;
  if (text[0] === "e") return `ellipse cx="${x}" cy="${y}" rx="${a}" ry="${b}"`;
  return `path d="${text}"`;
}
