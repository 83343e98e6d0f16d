/**
 * What is written right behind a number in every language, or after it: names of units, and the ways to write each. A unit of two names is the square or
 * cube of another.
 */
export const everywhere = `
  um: μm um; uf: μf uf; nf: nf; pf: pf; mm: mm мм; cm: cm см; dm: dm дм; m: m м; km: km км; square_mm: mm2 sqmm мм2; square_cm: cm2 sqcm qcm см2;
  square_m: m2 sqm qm м2; square_km: km2 sqkm км2; square_foot: ft2 sqft; square_inch: in2 sqin; square_yard: yd2 sqyd;
  cubic_cm: cm3 ccm cc см3; cubic_m: m3 cbm м3; cubic_foot: ft3 cuft; cubic_inch: in3 cuin; ml: ml мл; cl: cl; dl: dl; l: l л; mg: mg мг;
  g: g г gr gm gms; kg: kg кг kgs; tonne: t; watt: w вт; kw: kw квт; wh: wh; kwh: kwh квтч; volt: v вольт vdc vac; kv: kv; mv: mv;
  amp: a amp amps; ma: ma; ah: ah; mah: mah мач; hz: hz гц; khz: khz кгц; mhz: mhz мгц; ghz: ghz ггц; kb: kb; mb: mb мб; gb: gb гб;
  tb: tb тб; kbps: kbps; mbps: mbps; gbps: gbps; db: db дб; lumen: lm; mp: mp мп; dpi: dpi; ppi: ppi; fps: fps; rpm: rpm; psi: psi;
  btu: btu btus; mil: mil mils; ohm: ω ohm ohms; inch: in ʺ; foot: ft ʹ; yard: yd yds; mile: mi; gallon: gal gals; quart: qt qts; pint: pt pts; pound: lb lbs;
  ounce: oz; hour: h hr hrs; minute: min mins; second: sec secs; percent: pct
`;

/** Words of a language after a number. */
export const ofLanguage: Readonly<Record<string, string>> = {
  en: `
    um: micron microns micrometer micrometers micrometre micrometres; mm: millimeter millimeters millimetre millimetres;
    cm: centimeter centimeters centimetre centimetres; m: meter meters metre metres mtr mtrs;
    km: kilometer kilometers kilometre kilometres; ml: milliliter milliliters millilitre millilitres;
    cl: centiliter centiliters centilitre centilitres; l: liter liters litre litres ltr ltrs; mg: milligram milligrams;
    g: gram grams gramme grammes; kg: kilogram kilograms kilo kilos; tonne: ton tons tonne tonnes; watt: watt watts;
    kw: kilowatt kilowatts; volt: volt volts; amp: ampere amperes; hz: hertz; khz: kilohertz; mhz: megahertz; ghz: gigahertz;
    kb: kilobyte kilobytes; mb: megabyte megabytes; gb: gigabyte gigabytes gig gigs; tb: terabyte terabytes; db: decibel decibels;
    lumen: lumen lumens; mp: megapixel megapixels; kelvin: kelvin; inch: in inch inches; foot: foot feet; yard: yard yards;
    mile: mile miles; gallon: gallon gallons; quart: quart quarts; pint: pint pints; pound: pound pounds; ounce: ounce ounces;
    square: sq square; cubic: cu cubic; hour: hour hours; minute: minute minutes; second: second seconds; degree: deg degree degrees;
    celsius: celsius centigrade; fahrenheit: fahrenheit; percent: percent
  `,
  de: `
    mm: millimeter millimetern; cm: zentimeter zentimetern centimeter; m: meter metern; km: kilometer kilometern;
    ml: milliliter millilitern; cl: zentiliter; l: liter litern ltr; mg: milligramm; g: gramm; kg: kilogramm kilo kilos;
    tonne: tonne tonnen; watt: watt; kw: kilowatt; volt: volt; amp: ampere; hz: hertz; gb: gigabyte; tb: terabyte; mb: megabyte;
    lumen: lumen; mp: megapixel; kelvin: kelvin; inch: zoll; foot: fuß fuss; square: quadrat; square_m: quadratmeter quadratmetern;
    square_cm: quadratzentimeter; cubic_m: kubikmeter; cubic_cm: kubikzentimeter; hour: std stunde stunden; minute: minute minuten;
    second: sek sekunde sekunden; degree: grad; celsius: celsius; percent: prozent
  `,
  fr: `
    mm: millimètre millimètres millimetre millimetres; cm: centimètre centimètres centimetre centimetres; m: mètre mètres metre metres;
    km: kilomètre kilomètres; ml: millilitre millilitres; cl: centilitre centilitres; l: litre litres; g: gramme grammes;
    kg: kilogramme kilogrammes kilo kilos; tonne: tonne tonnes; watt: watt watts; volt: volt volts; amp: ampère ampères ampere amperes;
    gb: go gigaoctet gigaoctets; tb: to téraoctet téraoctets; mb: mo mégaoctet mégaoctets; inch: pouce pouces; foot: pied pieds;
    lumen: lumen lumens; hour: heure heures; minute: minute minutes; second: seconde secondes; degree: degré degrés;
    celsius: celsius; percent: pourcent
  `,
  es: `
    mm: milímetro milímetros milimetro milimetros; cm: centímetro centímetros centimetro centimetros; m: metro metros mts;
    km: kilómetro kilómetros kilometro kilometros; ml: mililitro mililitros; l: litro litros lts; g: gramo gramos;
    kg: kilogramo kilogramos kilo kilos; tonne: tonelada toneladas; watt: vatio vatios watt watts; volt: voltio voltios;
    amp: amperio amperios; inch: pulgada pulgadas pulg; foot: pie pies; gb: gigabyte gigabytes gigas; tb: terabyte terabytes;
    lumen: lúmen lúmenes lumenes; hour: hora horas; minute: minuto minutos; second: segundo segundos; degree: grado grados;
    celsius: celsius centígrados centigrados
  `,
  it: `
    mm: millimetro millimetri; cm: centimetro centimetri; m: metro metri; km: chilometro chilometri; ml: millilitro millilitri;
    l: litro litri; g: grammo grammi; kg: chilogrammo chilogrammi chilo chili; tonne: tonnellata tonnellate; watt: watt; volt: volt;
    amp: ampere; inch: pollice pollici; foot: piede piedi; gb: gigabyte; tb: terabyte; hour: ora ore; minute: minuto minuti;
    second: secondo secondi; degree: grado gradi; celsius: celsius
  `,
  pt: `
    mm: milímetro milímetros milimetro milimetros; cm: centímetro centímetros centimetro centimetros; m: metro metros;
    km: quilómetro quilómetros quilômetro quilômetros; ml: mililitro mililitros; l: litro litros; g: grama gramas;
    kg: quilograma quilogramas quilo quilos; tonne: tonelada toneladas; watt: watt watts; volt: volt volts; amp: ampere amperes;
    inch: polegada polegadas; foot: pé pés; gb: gigabyte gigabytes; tb: terabyte terabytes; hour: hora horas; minute: minuto minutos;
    second: segundo segundos; degree: grau graus; celsius: celsius
  `,
  nl: `
    mm: millimeter; cm: centimeter; m: meter; km: kilometer; ml: milliliter; l: liter; g: gram; kg: kilogram kilo; tonne: ton; watt: watt;
    volt: volt; amp: ampère ampere; inch: inch; foot: voet; square: vierkante; hour: uur; minute: minuten minuut;
    second: seconden seconde; degree: graden; celsius: celsius
  `,
  sv: `
    mm: millimeter; cm: centimeter; m: meter; l: liter; g: gram; kg: kilo kilogram; watt: watt; volt: volt; inch: tum; degree: grader;
    celsius: celsius
  `,
  da: `
    mm: millimeter; cm: centimeter; m: meter; l: liter; g: gram; kg: kilo kilogram; watt: watt; volt: volt; inch: tommer; degree: grader;
    celsius: celsius
  `,
  no: `
    mm: millimeter; cm: centimeter; m: meter; l: liter; g: gram; kg: kilo kilogram; watt: watt; volt: volt; inch: tommer; degree: grader;
    celsius: celsius
  `,
  fi: `
    mm: millimetriä; cm: senttimetriä; m: metriä; l: litraa; g: grammaa; kg: kiloa kilogrammaa; watt: wattia; volt: volttia; inch: tuumaa;
    degree: astetta
  `,
  pl: `
    mm: milimetr milimetry milimetrów; cm: centymetr centymetry centymetrów; m: metr metry metrów; ml: mililitr mililitry mililitrów;
    l: litr litry litrów; g: gram gramy gramów; kg: kilogram kilogramy kilogramów kilo; watt: wat waty watów; volt: wolt wolty woltów;
    inch: cal cala cale cali
  `,
  cs: `
    mm: milimetrů; cm: centimetrů; m: metr metry metrů; l: litr litry litrů; g: gram gramů; kg: kilogram kilogramů kilo; watt: watt wattů;
    volt: volt voltů; inch: palec palce palců
  `,
  tr: `
    mm: milimetre; cm: santimetre santim; m: metre; ml: mililitre; l: litre lt; g: gram; kg: kilogram kilo; watt: watt vat; volt: volt;
    inch: inç
  `,
  ru: `
    mm: миллиметр миллиметра миллиметров; cm: сантиметр сантиметра сантиметров; m: метр метра метров; km: километр километра километров;
    ml: миллилитр миллилитра миллилитров; l: литр литра литров; g: грамм грамма граммов гр; kg: килограмм килограмма килограммов кило;
    tonne: тонна тонны тонн; watt: ватт ватта ватта; volt: вольт вольта; amp: ампер ампера; inch: дюйм дюйма дюймов;
    gb: гигабайт гигабайта; tb: терабайт терабайта; hour: час часа часов; minute: мин минута минуты минут;
    second: сек секунда секунды секунд; degree: градус градуса градусов; celsius: цельсия; percent: процент процента процентов
  `,
  uk: `
    mm: міліметр міліметра міліметрів; cm: сантиметр сантиметра сантиметрів; m: метр метра метрів; l: літр літра літрів;
    g: грам грама грамів; kg: кілограм кілограма кілограмів; watt: ват; volt: вольт; inch: дюйм дюйма дюймів
  `,
  el: `
    mm: χιλιοστά; cm: εκατοστά; m: μέτρο μέτρα; l: λίτρο λίτρα; g: γραμμάρια γρ; kg: κιλό κιλά; watt: βατ; inch: ίντσα ίντσες
  `,
  ja: `
    mm: ミリ ミリメートル; cm: センチ センチメートル; m: メートル; km: キロメートル; ml: ミリリットル; l: リットル; g: グラム; kg: キロ キログラム; watt: ワット; volt: ボルト; inch: インチ;
    gb: ギガバイト; tb: テラバイト; hour: 時間; minute: 分; second: 秒; percent: パーセント
  `,
  zh: `
    mm: 毫米 公厘; cm: 厘米 公分; m: 米 公尺; km: 公里 千米; ml: 毫升; l: 升 公升; mg: 毫克; g: 克 公克; kg: 公斤 千克; watt: 瓦 瓦特; volt: 伏 伏特; inch: 英寸 吋 寸; foot: 英尺;
    hour: 小时 小時; minute: 分钟 分鐘; second: 秒
  `,
  ko: `
    mm: 밀리미터 밀리; cm: 센티미터 센티; m: 미터; km: 킬로미터; ml: 밀리리터; l: 리터; g: 그램; kg: 킬로그램 킬로; watt: 와트; volt: 볼트; inch: 인치; gb: 기가바이트 기가; tb: 테라바이트 테라
  `,
  ar: `
    mm: مم مليمتر; cm: سم سنتيمتر; m: م متر أمتار; km: كم كيلومتر; ml: مل ملليلتر; l: ل لتر; mg: ملغ; g: غ جم غرام جرام;
    kg: كغ كجم كيلو كيلوغرام كيلوجرام; watt: واط وات; volt: فولت; inch: بوصة انش إنش
  `,
  fa: `
    mm: میلی‌متر میلیمتر; cm: سانتی‌متر سانتیمتر سانت; m: متر; ml: میلی‌لیتر میلیلیتر; l: لیتر; g: گرم; kg: کیلو کیلوگرم; watt: وات;
    volt: ولت; inch: اینچ
  `,
  he: `
    mm: מ״מ ממ; cm: ס״מ סמ; m: מטר מטרים; km: ק״מ קמ; ml: מ״ל מל; l: ליטר ליטרים; g: גרם; kg: ק״ג קג קילו; watt: ואט; volt: וולט; inch: אינץ
  `,
  hi: `
    mm: मिमी मिलीमीटर; cm: सेमी सेंटीमीटर; m: मीटर; km: किमी किलोमीटर; ml: मिली मिलीलीटर; l: लीटर; g: ग्राम; kg: किलो किग्रा किलोग्राम;
    watt: वाट; volt: वोल्ट; inch: इंच; foot: फुट
  `,
  th: `
    mm: มม มิลลิเมตร; cm: ซม เซนติเมตร; m: เมตร; km: กม กิโลเมตร; ml: มล มิลลิลิตร; l: ลิตร; g: กรัม; kg: กก กิโลกรัม กิโล; watt: วัตต์;
    volt: โวลต์; inch: นิ้ว
  `,
  vi: `
    mm: milimét; cm: xentimét; m: mét; l: lít; kg: ký kilôgam; inch: inch
  `,
  id: `
    mm: milimeter; cm: sentimeter; m: meter; ml: mililiter; l: liter; g: gram; kg: kilogram kilo; watt: watt; volt: volt; inch: inci
  `,
};
