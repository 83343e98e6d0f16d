/** How words of a language change where its stemmer does not follow. */
interface Changes {
  /** `form/base` */
  readonly words?: string;
  /** ends of words, the first one that fits counts; of two bases either may be meant */
  readonly endings?: readonly (readonly [RegExp, ...string[]])[];
}

/** Compounds end as their last word does: bookshelves, grandchildren, penknives. */
const englishEnds =
  'shelves/shelf knives/knife wolves/wolf loaves/loaf thieves/thief scarves/scarf hooves/hoof calves/calf halves/half teeth/tooth children/child geese/goose women/woman';

/** British words as they are written in America, with what may stand behind them. */
const british: readonly (readonly [RegExp, string])[] = [
  [
    /^((?:dis|tri|multi|water|auto)?colo|flavo|favo|harbo|neighbo|humo|odo|vapo|armo|labo|hono|rumo|savo|behavio|splendo|endeavo|vigo|glamo|parlo|arbo)ur/,
    '$1r',
  ],
  [/^((?:micro|glass)?fib|cent|theat|calib|sab|spect|lust|somb|meag)re(?=s?$)/, '$1er'],
  [
    /^((?:re|de|dis|un)?(?:organ|custom|personal|moistur|sanit|steril|vapor|stabil|equal|fertil|pressur|deodor|tender|real|recogn|optim|maxim|minim|crystall|galvan|anod|ion|atom|caramel|digital|mobil|util|visual|civil|special|colon))is(?=e|ing|ation)/,
    '$1iz',
  ],
  [/^(trave|mode|labe|cance|signa|jewe|leve|enrol|counse|pane|barre|tunne)ll(?=ed|ing|er)/, '$1l'],
];
const britishWords =
  'aluminium/aluminum jewellery/jewelry jeweller/jeweler grey/gray greys/gray tyre/tire tyres/tire doughnut/donut doughnuts/donut mould/mold moulds/mold moulding/molding mouldings/molding plough/plow catalogue/catalog catalogues/catalog dialogue/dialog programme/program programmes/program pyjamas/pajamas pyjama/pajama moustache/mustache licence/license defence/defense carburettor/carburetor draught/draft yoghurt/yogurt whisky/whiskey omelette/omelet cosy/cozy kerb/curb sceptic/skeptic analogue/analog artefact/artifact sulphur/sulfur anaesthetic/anesthetic paediatric/pediatric orthopaedic/orthopedic gynaecology/gynecology haemorrhoid/hemorrhoid diarrhoea/diarrhea oestrogen/estrogen manoeuvre/maneuver encyclopaedia/encyclopedia smoulder/smolder chilli/chili chillies/chili waggon/wagon';

const changes: Readonly<Record<string, Changes>> = {
  en: {
    words: `${britishWords} mice/mouse dormice/dormouse titmice/titmouse feet/foot forefeet/forefoot men/man leaves/leaf lives/life wives/wife housewives/housewife midwives/midwife elves/elf selves/self dwarves/dwarf wharves/wharf handkerchieves/handkerchief lice/louse oxen/ox people/person cacti/cactus fungi/fungus criteria/criterion phenomena/phenomenon indices/index matrices/matrix vertices/vertex appendices/appendix bacteria/bacterium stimuli/stimulus alumni/alumnus nuclei/nucleus radii/radius octopi/octopus crises/crisis curricula/curriculum aquaria/aquarium terraria/terrarium memoranda/memorandum quizzes/quiz gases/gas lenses/lens buses/bus irises/iris canvases/canvas viruses/virus octopuses/octopus cactuses/cactus walruses/walrus atlases/atlas pancreases/pancreas`,
    endings: [
      ...british,
      ...englishEnds.split(' ').map(pair => {
        const [plural, singular] = pair.split('/');
        return [new RegExp(`(?<=^|[a-z]{2})${plural}$`), singular] as const;
      }),
      [
        /^((?:gentle|work|fire|sales|police|post|crafts|sports|business|snow|fisher|handy|watch|fore|milk|mail|camera|chair|door|bar|hunts|cave|repair|super|spider|bat|cow|trades|midship|clergy|country|noble|space|strong|stunt))men$/,
        '$1man',
      ],
    ],
  },
  nl: {
    words:
      'kinderen/kind eieren/ei bladeren/blad lammeren/lam kleren/kleed steden/stad schepen/schip leden/lid glazen/glas vaten/vat gaten/gat dagen/dag wegen/weg paden/pad daken/dak bedden/bed smeden/smid koeien/koe',
  },
  de: {
    words:
      'museen/museum kakteen/kaktus globen/globus atlanten/atlas gymnasien/gymnasium aquarien/aquarium terrarien/terrarium alben/album villen/villa firmen/firma themen/thema konten/konto risiken/risiko lexika/lexikon',
  },
  fr: {
    words: 'travaux/travail vitraux/vitrail coraux/corail émaux/émail baux/bail soupiraux/soupirail yeux/œil',
    endings: [
      [/eux$/, 'eu'],
      [/(?<=[a-zà-ÿ]{2}[aiou])s$/, ''],
    ],
  },
  es: { endings: [[/([aeiouáéíóú])ces$/, '$1z']] },
  pt: {
    endings: [
      [/[õo]es$/, 'ão'],
      [/(?<!^m)ães$/, 'ão'],
      [/([aou])is$/, '$1l'],
      [/áis$/, 'al'],
      [/óis$/, 'ol'],
      [/éis$/, 'el'],
      [/eis$/, 'el', 'il'],
      [/(?<=\p{L}{3})is$/u, 'il'],
      [/([aeiou])ns$/, '$1m'],
    ],
  },
  it: { words: 'uomini/uomo laghi/lago buoi/bue uova/uovo' },
  sv: {
    words:
      'böcker/bok böckerna/bok fötter/fot fötterna/fot möss/mus gäss/gås nötter/nöt tänder/tand händer/hand rötter/rot städer/stad döttrar/dotter bröder/broder söner/son ränder/rand stänger/stång tänger/tång',
    endings: [[/([bdfgkpsvt]|ck|mm|nn)([lr])ar(?:na)?$/, '$1e$2']],
  },
  da: {
    words:
      'hænder/hånd mænd/mand tænder/tand børn/barn gæs/gås bøger/bog fødder/fod nødder/nød rødder/rod stænger/stang tænger/tang brødre/bror døtre/datter køer/ko',
    endings: [[/([bdfgkpsvt])ler(?:ne)?$/, '$1el', '$1$1el']],
  },
  no: {
    words:
      'hender/hånd menn/mann tenner/tann gjess/gås bøker/bok føtter/fot røtter/rot stenger/stang tenger/tang netter/natt døtre/datter brødre/bror klær/klede',
    endings: [[/([bdfgkpsvt])ler(?:ne)?$/, '$1el', '$1$1el']],
  },
  ru: {
    words:
      'людей/человек люди/человек людям/человек детей/ребёнок дети/ребёнок уши/ухо друзья/друг друзей/друг окон/окно кресел/кресло полотенец/полотенце колец/кольцо яиц/яйцо сердец/сердце зеркал/зеркало песен/песня вишен/вишня кухонь/кухня простынь/простыня сестёр/сестра сестер/сестра писем/письмо вёдер/ведро ведер/ведро ковров/ковёр пальцев/палец серёг/серьга серег/серьга башен/башня спален/спальня котёл/котел',
    endings: [[/([бвгджзклмнпрстфхцчшщь])[ёео]к$/, '$1ка']],
  },
  uk: {
    words: 'діти/дитина дітей/дитина люди/людина людей/людина вікон/вікно крісел/крісло яєць/яйце вушка/вухо',
    endings: [
      [/([бвгґджзклмнпрстфхцчшщ]ь?)[ео]к$/, '$1ка'],
      [/(?<=^\p{L}?\p{L}?[бвгґджзклмнпрстфхцчшщ])і([бвгґджзклмнпрстфхцчшщ]{1,2})$/u, 'о$1'],
    ],
  },
  pl: {
    words:
      'dzieci/dziecko okien/okno ludzie/człowiek ludzi/człowiek ręce/ręka psy/pies psów/pies jabłek/jabłko łóżek/łóżko krzeseł/krzesło pudełek/pudełko okularów/okulary drzew/drzewo uszy/ucho oczy/oko sukien/suknia wiśni/wiśnia',
    endings: [[/([bcćdfghjklłmnńprsśtwzźż])ek$/, '$1ka']],
  },
  cs: {
    words:
      'děti/dítě dětí/dítě oken/okno psi/pes psy/pes lžic/lžíce lidé/člověk lidí/člověk ruce/ruka oči/oko uši/ucho',
    endings: [[/ů(?=[bcčdďfghjklmnňprřsštťvzž]$)/, 'o']],
  },
  hr: {
    words: 'djeca/dijete ljudi/čovjek psi/pas ruke/ruka oči/oko uši/uho',
    endings: [[/(?<=\p{L}{3})[oe]v(?:i|a|e|ima)$/u, '']],
  },
  bg: {
    words: 'деца/дете децата/дете хора/човек очи/око уши/ухо',
    endings: [[/(?<=\p{L}{3})ове(?:те)?$/u, '']],
  },
  fi: {
    endings: [
      [/(?<=\p{L}{2})ngät$/u, 'nkä'],
      [/(?<=\p{L}{2})ngat$/u, 'nka'],
      [/([aeiouyäö]{1,2})d([aeiouyäö])t$/, '$1t$2', '$1d$2'],
      [/([aeiouyäö])([kpt])([aeiouyäö])t$/, '$1$2$2$3', '$1$2$3'],
      [/([^aeiouyäö])et$/, '$1i', '$1e'],
      [/([aeiouyäö])t$/, '$1'],
    ],
  },
  hu: {
    words:
      'tükrök/tükör bokrok/bokor lovak/ló kövek/kő kanalak/kanál poharak/pohár madarak/madár kerekek/kerék levelek/levél egerek/egér szemetek/szemét utak/út tollak/toll tetők/tető falvak/falu fazekak/fazék kosarak/kosár gyökerek/gyökér vödrök/vödör csülkök/csülök ökrök/ökör',
  },
  el: {
    endings: [
      [/ία$/, 'ίο'],
      [/ιά$/, 'ί'],
    ],
  },
  ro: {
    words:
      'copii/copil mese/masă flori/floare ouă/ou mâini/mână oameni/om cămăși/cămașă roți/roată scări/scară fete/fată pietre/piatră băieți/băiat nopți/noapte',
  },
  tr: {
    endings: [
      [/ng(?=[iıuü]$)/, 'nk'],
      [/(?<=nk)[iıuü]$/, ''],
    ],
  },
  he: {
    endings: [
      [/(?<=[א-ת]{2})(?:יים|ים)$/, ''],
      [/(?<=[א-ת]{2})ות$/, '', 'ה'],
    ],
  },
  ur: {
    endings: [
      [/(?<=[\u0600-\u06ff]{2})(?:یں|وں|یاں)$/, '', 'ی'],
      [/(?<=[\u0600-\u06ff]{2})ے$/, 'ا', 'ہ'],
    ],
  },
  sk: {
    words: 'deti/dieťa ľudia/človek oči/oko uši/ucho ruky/ruka psi/pes',
    endings: [
      [/(?<=\p{L}{2})iek$/u, 'ka'],
      [/(?<=\p{L}{2})ok$/u, 'ka'],
      [/ô(?=[bcčdďfghjklmnňprsštťvzž]$)/, 'o'],
      [/(?<=\p{L}{2})y$/u, 'a', ''],
      [/(?<=\p{L}{2}[cčdďjľňšťž])e$/u, 'a', ''],
    ],
  },
  ar: {
    words:
      'كتب/كتاب أطفال/طفل أحذية/حذاء أقلام/قلم كراسي/كرسي أجهزة/جهاز ملابس/لباس أبواب/باب نوافذ/نافذة مفاتيح/مفتاح أطباق/طبق أكواب/كوب هواتف/هاتف ألعاب/لعبة حقائب/حقيبة ساعات/ساعة كؤوس/كأس صور/صورة مصابيح/مصباح طاولات/طاولة أسرة/سرير سكاكين/سكين ملاعق/ملعقة أفلام/فيلم عطور/عطر قمصان/قميص سراويل/سروال بناطيل/بنطال فساتين/فستان خواتم/خاتم',
  },
};
/** Endings of languages without a stemmer, each in a script of its own: Georgian, Bengali, Gujarati, Marathi, Telugu, Kannada, Malayalam. */
const ofScripts: NonNullable<Changes['endings']> = [
  [/(?<=[ა-ჰ]{2})(?:ებ)?(?:ის|ით|ად)$/, 'ა', 'ი'],
  [/(?<=[ა-ჰ]{2})ები$/, 'ი', 'ა'],
  [/(?<=[\u0980-\u09ff]{2})(?:গুলির|গুলোর|গুলি|গুলো|েদের|দের|ের|টি|টা)$/, ''],
  [/(?<=[\u0a80-\u0aff]{2})ઓ$/, ''],
  [/(?<=[\u0a80-\u0aff]{2})ા$/, 'ો', 'ું'],
  [/(?<=[\u0900-\u097f]{2})े$/, 'ा', ''],
  [/(?<=[\u0900-\u097f]{2})्या$/, 'ी'],
  [/(?<=[\u0c00-\u0c7f]{2})ల(?:ు|కు|తో)?$/, ''],
  [/(?<=[\u0c80-\u0cff]{2})ಗಳು?$/, ''],
  [/(?<=[\u0d00-\u0d7f]{2})ങ്ങൾ$/, 'ം'],
  [/(?<=[\u0d00-\u0d7f]{2})കൾ$/, ''],
];

/** The same in languages that are as near as their stemmers (stem.ts). */
const nearest: Readonly<Record<string, string>> = { bs: 'hr', sr: 'hr', sl: 'hr', und: 'en' };

/** Hebrew letters have another shape at the end of a word. */
const atEnd: Readonly<Record<string, string>> = { כ: 'ך', מ: 'ם', נ: 'ן', פ: 'ף', צ: 'ץ' };
const finalShape = (word: string): string => word.replace(/[כמנפצ]$/, letter => atEnd[letter]);

const shortest = 3;
const none: readonly string[] = [];

/**
 * The words of which one is another form that the stemmer of the language leaves apart: knives is of knife, botões of botão, ложек of ложка. Some are no words:
 * they find nothing. What people write in no two ways is left to the stemmer.
 * @returns undefined for a language that has no such forms here; a word has two at most
 */
export function baseForms(language: string): ((word: string) => readonly string[]) | undefined {
  const own = changes[nearest[language] ?? language];
  if (own === undefined) return undefined;
  const words = new Map((own.words ?? '').split(' ').map(pair => pair.split('/') as [string, string]));
  const endings = [...(own.endings ?? []), ...(language === 'und' ? ofScripts : [])];
  return word => {
    const known = words.get(word);
    if (known !== undefined) return [known];
    if (word.length < shortest) return none;
    for (const [ending, ...bases] of endings) {
      if (!ending.test(word)) continue;
      return bases.map(base => finalShape(word.replace(ending, base)));
    }
    return none;
  };
}
