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
} as const;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];
