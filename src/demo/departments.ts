/** What the shop sells: categories, and in them types of product. Everything else is drawn from this list. */
export interface ProductType {
  /** also the name of its silhouette */
  readonly name: string;
  readonly noun: string;
  readonly category: string;
  /** lowest and highest price of the plainest material */
  readonly prices: readonly [number, number];
  readonly materials: readonly string[];
  /** days after which it is used up; undefined for what lasts */
  readonly cycle: number | undefined;
  /** names of types that are bought with it */
  readonly complements: readonly string[];
}

const wood = "oak walnut ash bamboo";
const cloth = "linen wool cotton velvet";
const wear = "linen wool cotton denim";
const metal = "steel brass copper enamel";
const clay = "porcelain stoneware terracotta";
const glassy = "glass smoke amber";
const moulded = "resin aluminium graphite";
const precious = "gold silver rosegold";
const packed = "paper kraft print";
const tough = "canvas nylon leather";

/** name | noun | prices | materials | complements | cycle in days */
const departments: Readonly<Record<string, string>> = {
  furniture: `armchair|Armchair|190-890|${cloth} leather|cushion floor-lamp rug
sofa|Sofa|490-2400|${cloth} leather|cushion rug coffee-table
dining-chair|Dining Chair|79-320|${wood}|dining-table plate
dining-table|Dining Table|290-1600|${wood} marble|dining-chair pendant-lamp
coffee-table|Coffee Table|120-690|${wood} marble glass|vase rug
bookcase|Bookcase|140-790|${wood}|novel picture-frame
sideboard|Sideboard|260-1200|${wood}|table-lamp vase
bed|Bed Frame|290-1500|${wood} ${cloth}|cushion table-lamp`,
  lighting: `floor-lamp|Floor Lamp|79-420|linen ${metal}|armchair rug
table-lamp|Table Lamp|39-260|${clay} ${glassy}|sideboard candle
pendant-lamp|Pendant Lamp|49-380|rattan ${metal} ${glassy}|dining-table
desk-lamp|Desk Lamp|35-220|${metal}|notebook laptop
wall-sconce|Wall Sconce|45-240|${metal} opal|mirror picture-frame
lantern|Lantern|19-95|${metal}|candle tent`,
  homedecor: `vase|Vase|19-180|${clay} ${glassy}|bouquet tulips
mirror|Mirror|59-390|${wood} brass|wall-sconce sideboard
wall-clock|Wall Clock|29-190|${wood} ${metal}|picture-frame
candle|Scented Candle|12-48|${glassy} ${clay}|lantern soap|35
cushion|Cushion|19-89|${cloth}|armchair sofa
rug|Rug|69-690|wool jute cotton|sofa floor-lamp
picture-frame|Framed Print|25-160|${wood}|bookcase`,
  kitchen: `saucepan|Saucepan|35-190|${metal}|frying-pan pasta
frying-pan|Frying Pan|29-160|${metal}|olive-oil saucepan
kettle|Kettle|29-140|${metal}|tea mug
chef-knife|Chef's Knife|25-210|${wood}|cutting-board
cutting-board|Cutting Board|19-95|${wood} marble|chef-knife bread
stand-mixer|Stand Mixer|180-590|enamel ${moulded}|bowl chocolate
coffee-maker|Coffee Maker|49-420|${moulded} steel|coffee mug
toaster|Toaster|35-180|${moulded} steel|bread jam`,
  tableware: `mug|Mug|9-32|${clay} enamel|tea coffee
plate|Dinner Plate|9-38|${clay}|bowl cutlery
bowl|Bowl|8-36|${clay} ${wood}|plate cutlery
wine-glass|Wine Glass|8-42|${glassy}|carafe cheese
teapot|Teapot|25-130|${clay} cast|tea mug
carafe|Carafe|18-85|${glassy}|wine-glass juice
cutlery|Cutlery Set|29-190|steel brass graphite|plate bowl`,
  apparel: `t-shirt|T-Shirt|15-45|cotton linen jersey|trousers cap
shirt|Shirt|29-110|${wear}|trousers belt
sweater|Sweater|39-180|wool cashmere cotton|scarf trousers
jacket|Jacket|79-390|${tough} denim|boot beanie
trousers|Trousers|35-150|${wear}|belt loafer
dress|Dress|45-240|silk ${wear}|heel necklace
skirt|Skirt|29-120|${wear}|t-shirt sandal
hoodie|Hoodie|35-110|cotton jersey|sneaker cap`,
  footwear: `sneaker|Sneakers|49-190|${tough} knit|hoodie t-shirt
boot|Boots|89-320|leather suede rubber|jacket scarf
loafer|Loafers|69-240|leather suede|trousers belt
sandal|Sandals|29-130|leather rubber cork|skirt sunglasses
heel|Heels|59-290|leather suede silk|dress handbag
slipper|Slippers|19-75|wool suede cotton|sweater candle`,
  bags: `backpack|Backpack|39-210|${tough}|flask laptop
tote|Tote Bag|19-140|canvas cotton leather|novel scarf
handbag|Handbag|59-490|leather suede|wallet sunglasses
suitcase|Suitcase|89-390|aluminium resin|duffel camera
duffel|Duffel Bag|59-260|${tough}|suitcase dumbbell
wallet|Wallet|19-120|leather canvas|handbag belt`,
  accessories: `sunglasses|Sunglasses|29-220|resin tortoise gold|cap handbag
belt|Belt|19-110|leather suede canvas|trousers wallet
scarf|Scarf|19-150|wool silk cashmere|beanie gloves
cap|Cap|15-55|cotton canvas wool|t-shirt sunglasses
beanie|Beanie|15-65|wool cashmere cotton|scarf gloves
umbrella|Umbrella|19-90|nylon canvas|boot
gloves|Gloves|19-110|wool leather suede|beanie scarf`,
  jewelry: `ring|Ring|39-890|${precious}|earrings
necklace|Necklace|49-790|${precious}|earrings dress
earrings|Earrings|25-490|${precious}|necklace
bracelet|Bracelet|29-520|${precious}|ring
watch|Watch|79-1200|leather steel gold|bracelet wallet
brooch|Brooch|19-160|${precious} enamel|scarf`,
  electronics: `laptop|Laptop|590-2400|${moulded}|backpack headphones
phone|Phone|290-1300|${moulded} glass|earbuds
tablet|Tablet|220-1100|${moulded}|laptop headphones
camera|Camera|190-1900|${moulded} leather|backpack
headphones|Headphones|49-420|${moulded} leather|phone turntable
earbuds|Earbuds|29-260|${moulded}|phone
speaker|Speaker|59-690|${wood} ${moulded}|turntable
turntable|Turntable|129-890|${wood} ${moulded}|speaker
radio|Radio|39-240|${wood} ${moulded}|speaker`,
  instruments: `acoustic-guitar|Acoustic Guitar|129-1400|spruce mahogany maple|notebook
electric-guitar|Electric Guitar|199-1900|lacquer maple mahogany|headphones speaker
violin|Violin|149-1600|spruce mahogany maple|notebook
piano|Digital Piano|390-2900|lacquer walnut oak|headphones
drum|Snare Drum|89-640|maple lacquer steel|headphones
trumpet|Trumpet|190-1500|brass silver copper|notebook
ukulele|Ukulele|39-320|mahogany maple spruce|notebook`,
  outdoors: `tent|Tent|89-690|nylon canvas|sleeping-bag lantern
sleeping-bag|Sleeping Bag|49-320|nylon cotton|tent camp-chair
cooler|Cooler Box|29-290|resin aluminium|juice camp-chair
camp-chair|Camp Chair|25-140|canvas nylon|cooler tent
flask|Flask|15-60|steel enamel copper|backpack coffee
compass|Compass|15-90|brass steel|backpack flask
kayak|Kayak|290-1400|resin spruce|cooler flask`,
  sports: `bicycle|Bicycle|290-2600|enamel aluminium steel|flask
racket|Tennis Racket|39-260|graphite aluminium ash|sneaker
dumbbell|Dumbbell|15-120|steel rubber cast|yoga-mat
yoga-mat|Yoga Mat|19-95|rubber cork jute|flask dumbbell
ball|Football|15-70|leather resin|sneaker
skateboard|Skateboard|45-190|maple bamboo|sneaker hoodie
skis|Skis|190-990|graphite ash maple|beanie gloves`,
  tools: `hammer|Hammer|12-65|ash steel rubber|toolbox saw
drill|Drill|49-290|${moulded}|toolbox screwdriver
screwdriver|Screwdriver|6-38|resin ash rubber|wrench
wrench|Wrench|9-58|steel graphite|screwdriver toolbox
saw|Hand Saw|15-70|ash oak resin|hammer tape-measure
toolbox|Toolbox|25-160|enamel steel oak|hammer wrench
tape-measure|Tape Measure|7-32|resin rubber steel|saw`,
  books: `novel|Novel|9-28|print cloth|mug bookcase
notebook|Notebook|6-32|kraft leather cloth|fountain-pen|30
sketchbook|Sketchbook|9-42|kraft cloth print|pencils|40
fountain-pen|Fountain Pen|15-190|resin brass lacquer|notebook
pencils|Pencil Set|5-36|print kraft|sketchbook|45
cookbook|Cookbook|15-49|print cloth|saucepan olive-oil`,
  floral: `bouquet|Bouquet|19-95|${packed}|vase chocolate|14
tulips|Tulips|12-45|${packed}|vase|10
monstera|Monstera|25-140|${clay}|cactus
cactus|Cactus|9-48|${clay}|monstera
orchid|Orchid|22-90|${clay}|vase|40
wreath|Wreath|19-85|eucalyptus cotton willow|candle
bonsai|Bonsai|29-190|${clay}|tea`,
  groceries: `coffee|Coffee|7-24|${packed}|mug chocolate|12
tea|Tea|5-22|tin kraft print|teapot honey|15
honey|Honey|6-19|${glassy}|tea bread|25
olive-oil|Olive Oil|8-34|${glassy} tin|pasta bread|25
pasta|Pasta|2-9|${packed}|olive-oil cheese|9
chocolate|Chocolate|3-12|${packed}|coffee bouquet|7
bread|Bread|3-9|rye wheat spelt|cheese jam|4
cheese|Cheese|4-22|young aged blue|bread wine-glass|8
juice|Juice|3-11|carton glass print|bread|6
jam|Jam|4-12|${glassy}|bread|18`,
  beauty: `lipstick|Lipstick|12-42|gold graphite rosegold|nail-polish perfume|60
perfume|Perfume|35-190|${glassy}|lipstick
face-cream|Face Cream|14-89|${glassy} porcelain|serum soap|30
soap|Soap|4-16|olive rose charcoal|shampoo candle|14
shampoo|Shampoo|7-32|resin amber aluminium|soap hairbrush|21
nail-polish|Nail Polish|7-24|${glassy}|lipstick|45
hairbrush|Hairbrush|9-48|${wood} resin|shampoo
serum|Serum|15-95|${glassy}|face-cream|30`,
  toys: `teddy|Teddy Bear|15-75|cotton wool velvet|blocks
toy-train|Toy Train|15-90|beech maple lacquer|blocks
blocks|Building Blocks|12-65|beech maple lacquer|toy-train
kite|Kite|12-55|nylon silk print|ball
robot|Robot|19-120|tin resin aluminium|blocks
rocking-horse|Rocking Horse|49-260|beech oak lacquer|teddy
puzzle|Puzzle|9-38|${packed}|novel`,
};

export const categories: readonly string[] = Object.keys(departments);

export const productTypes: readonly ProductType[] = categories.flatMap((category) =>
  departments[category].split("\n").map((line) => {
    const [name, noun, prices, materials, complements, cycle] = line.split("|");
    const [low, high] = prices.split("-").map(Number);
    return {
      ...{ name, noun, category, prices: [low, high] as const },
      materials: materials.split(" "),
      cycle: cycle === undefined ? undefined : Number(cycle),
      complements: complements.split(" "),
    };
  }),
);
