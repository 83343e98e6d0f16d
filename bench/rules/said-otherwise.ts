/** What a rule says, and how people say it otherwise. */
export interface SaidOtherwise {
  /** keywords of the demo, the examples of the rule */
  readonly examples: readonly string[];
  /** with a word of the examples in it, whatever its form */
  readonly reworded: readonly string[];
  /** without */
  readonly otherWords: readonly string[];
}

const group = (examples: string, reworded: string, otherWords: string): SaidOtherwise => {
  const [a, b, c] = [examples, reworded, otherWords].map(list => list.split(', '));
  return { examples: a, reworded: b, otherWords: c };
};

/** Written by hand, none of them a keyword that towers learn from. What each is about is about none of the others. */
export const saidOtherwise: readonly SaidOtherwise[] = [
  group('coffee, cafe, caffeine', 'a cup of coffee, coffee shop', 'espresso, cappuccino to go'),
  group('birthday, cake, candle', 'a cake for a birthday, birthday party cake', 'gateau, turning thirty'),
  group('dog, puppy', 'a small dog, dogs and puppies', 'hound, four-legged friend'),
  group('cat, kitty', 'cats for adoption, little kitties', 'felines, tabby'),
  group('rain, umbrella', 'umbrellas for rainy days, it is raining', 'downpour, wet weather outside'),
  group('snow, snowflake, snowman', 'it is snowing, a man of snow', 'blizzard, frosty winter'),
  group('guitar, instrument', 'guitars for beginners, playing the guitar', 'six strings, ukulele'),
  group('train, railway, locomotive', 'trains to the city, by train', 'express carriage, commuting by rail'),
  group('airplane, flight, aeroplane', 'airplanes and flights, a flight home', 'jets, boeing'),
  group('hospital, medicine', 'hospitals nearby, take a medicine', 'clinic, physician'),
  group('money, cash, dollar', 'a bag full of money, dollars in cash', 'banknotes, currency exchange'),
  group('soccer, football, ball', 'a soccer match, footballs', 'goalkeeper, world cup kick-off'),
  group('basketball', 'basketballs, basketball court', 'slam dunk, nba'),
  group('wine, glass, bar', 'a glass of red wine, wines', 'merlot, chardonnay bottle'),
  group('beer, mug, ale', 'beers in a mug, cold beer', 'lager, pint at the pub'),
  group('pizza, cheese, slice', 'a slice of pizza, pizzas', 'margherita, calzone'),
  group('bread, loaf, toast', 'fresh bread, loaves of bread', 'baguettes, bakeries'),
  group('apple, fruit', 'apples, fresh red apples', 'orchard, granny smith'),
  group('flower, blossom, bouquet', 'a bouquet of flowers, flowers for mother', 'florist, tulips and roses'),
  group('tree, evergreen, forest', 'trees of the forest, a big tree', 'woodland, pines and oaks'),
  group('fish, fishing', 'fishes in the river, go fishing', 'trout, angler with bait'),
  group('shark', 'sharks, a white shark', 'jaws, fin in the water'),
  group('bicycle, bike', 'bicycles for children, a city bike', 'pedalling, two wheels'),
  group('car, automobile, vehicle', 'cars for sale, a fast car', 'sedan, driving to work'),
  group('fire, flame, hot', 'fires, playing with fire', 'blaze, burning'),
  group('star, stars, night', 'stars at night, a night full of stars', 'constellations, astronomers'),
  group('moon, crescent', 'the moon at night, full moons', 'lunar, eclipse'),
  group('sun, sunny, sunshine', 'sunny weather, in the sun', 'clear sky, heat of summer'),
  group('phone, mobile, telephone', 'mobile phones, telephones', 'smartphones, make a call'),
  group('computer, laptop', 'computers for school, a new laptop', 'notebook pc, macbook'),
  group('camera, photo, picture', 'photos and cameras, taking pictures', 'photographer, snapshot'),
  group('book, books, reading', 'reading a book, a pile of books', 'paperbacks, libraries'),
  group('pencil, pen, write', 'pens and pencils, write a letter', 'ballpoints, stationery'),
  group('lock, locked, key', 'locks and keys, door lock', 'padlock, burglar-proof'),
  group('hammer, tool', 'hammers and tools, a heavy hammer', 'mallet, carpenters'),
  group('shoe, sneaker, running', 'running shoes, sneakers', 'trainers, footwear'),
  group('dress, clothing', 'a red dress, dresses for women', 'gown, skirt'),
  group('hat, cap', 'hats and caps, a summer hat', 'beanie, headwear'),
  group('ring, diamond, engaged', 'a diamond ring, engagement rings', 'jewellery, proposal'),
  group('wedding, bride', 'weddings, the bride at her wedding', 'nuptials, getting married'),
  group('baby, infant, newborn', 'two babies, a newborn baby', 'toddler, stroller'),
  group('school, education, teacher', 'schools and teachers, back to school', 'classroom, pupils'),
  group('christmas, santa, xmas', 'christmas presents, santa at christmas', 'yuletide, advent'),
  group(
    'halloween, pumpkin, jack-o-lantern',
    'pumpkins for halloween, a carved pumpkin',
    'trick or treat, spooky costume',
  ),
  group('ghost', 'ghosts, a haunted house', 'phantom, apparition'),
  group('robot, monster', 'robots, a friendly robot', 'android, cyborg'),
  group('crying, cry, tear', 'many tears, she is crying', 'sobbing, weeping'),
  group('angry, mad, rage', 'an angry man, mad with rage', 'infuriated, losing my temper'),
  group('sleep, zzz, sleepy', 'sleeping well, go to sleep', 'snoring, bedtime'),
  group('kiss, lips', 'many kisses, a kiss on the lips', 'smooching, make out'),
  group('thumb, like, yes', 'thumb up, i like it', 'approved, well done'),
  group('police, cop, officer', 'police officers, a police car', 'sheriff, law enforcement'),
  group('king, crown, queen', 'kings and queens, a royal crown', 'monarchs, throne'),
  group('beach, island, palm', 'on the beach, an island with palms', 'seaside, sandy coast'),
  group('mountain, climb', 'the mountains, climbing a mountain', 'summit, alpine hike'),
  group('house, home, building', 'two houses, a new home', 'cottage, real estate'),
  group('clock, alarm, time', 'clocks, an alarm clock', 'wristwatch, what hour is it'),
  group('recycle, recycling', 'recycling bin, recycled paper', 'sustainability, reuse waste'),
  group('swim, swimming, pool', 'swimmers, swimming in the pool', 'backstroke, lifeguard'),
  group('ski, snowboard', 'skis and snowboards, go skiing', 'slalom, piste'),
];
