/** The towers of the demo: short names and keywords in many languages, so the country counts and small tables do. */
const demoTowers = {
  language: 'und',
  embeddingWidth: 256,
  tableWidth: 128,
  query: ['trigram', 'word', 'country'],
  document: ['titleTrigram', 'titleWord', 'descriptionTrigram', 'descriptionWord', 'country', 'image'],
} as const;

/** Pictures alone are to find their document too: beside words, which tell most pairs of a batch apart, they would learn little. */
const demoBlending = { document: [{ channels: ['image'], weight: 0.5 }] } as const;

/** How an imported encoder is trained on: one for both towers, tokens whole. */
const imported = { shared: true, tokenDropout: 0 } as const;

/** Named starting points of a configuration: what differs from the defaults of the schema. */
export const presets = {
  /** trigrams and hashed words, no transformer: minutes on a laptop */
  default: {},
  /** the text encoder on top */
  text: {
    towers: {
      query: ['trigram', 'word', 'text'],
      document: ['titleTrigram', 'titleWord', 'descriptionTrigram', 'descriptionWord', 'title'],
    },
  },
  /** an imported encoder alone (`--set textEncoder.import=ENCODER`): its pooled vector is the embedding */
  imported: {
    towers: { fusion: 'none', query: ['text'], document: ['title'] },
    textEncoder: imported,
    training: {
      batchSize: 128,
      pretrainedLearningRate: 2e-5,
      stages: [{ name: 'labelled', epochs: 2, minSteps: 100, pseudoShare: 0.5, finalRate: 0.02 }],
      evaluateEvery: 0.5,
    },
  },
  /** an imported encoder as it is: title and description in one text (`tandem import-encoder --as-model`) */
  importedAsIs: {
    towers: { fusion: 'none', query: ['text'], document: ['text'] },
    textEncoder: { shared: true },
  },
  /** an imported encoder as one more channel beside trigrams and words */
  importedBag: {
    towers: {
      query: ['trigram', 'word', 'text'],
      document: ['titleTrigram', 'titleWord', 'descriptionTrigram', 'descriptionWord', 'title'],
    },
    textEncoder: imported,
  },
  /** the data set of `tandem demo`: keywords in 18 languages; epochs over the documents alone, since five times as many pairs would take five times as long */
  demo: {
    towers: demoTowers,
    indexing: { hnsw: { efConstruction: 100, ef: 200 } },
    training: {
      gradientBlending: demoBlending,
      stages: [
        { name: 'pseudo', epochs: 4, pseudoShare: 1, finalRate: 0.3 },
        { name: 'labelled', epochs: 20, maxPairSteps: 1, pseudoShare: 0.2, finalRate: 0.02 },
      ],
      evaluateEvery: 6,
      patience: 0,
    },
  },
  /** `tandem demo --fast` */
  demoFast: {
    towers: { ...demoTowers, trigramBuckets: 2 ** 14, wordBuckets: 2 ** 14 },
    training: {
      gradientBlending: demoBlending,
      batchSize: 128,
      warmupSteps: 50,
      stages: [
        { name: 'pseudo', epochs: 4, pseudoShare: 1, finalRate: 0.3 },
        { name: 'labelled', epochs: 30, maxPairSteps: 1, pseudoShare: 0.2, finalRate: 0.02 },
      ],
      evaluateEvery: 17,
      patience: 0,
    },
  },
} as const;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];
