import { z } from 'zod';
import { TandemError } from '../../errors/tandem-error.js';
import { defineCommand } from '../command.js';
import { modeFlag, number, path, searchedBackendFlags, switched, textOf, weightFlag, wholeNumber } from '../flags.js';

const ids = z.array(z.string().min(1, 'expected an id')).default([]);

export const searchCommand = defineCommand({
  name: 'search',
  summary: 'Search an index.',
  example: 'tandem search --index out/index garden hose --k 5 --explain',
  operands: ['[text...]'],
  flags: {
    index: { value: 'INDEX', help: 'folder of the index, or its name in a cluster', schema: path },
    ...searchedBackendFlags,
    ...modeFlag,
    ...weightFlag,
    k: { value: 'N', help: 'hits wanted, 1 to 1000 (default 10)', schema: wholeNumber(1, 1000).prefault('10') },
    country: { value: 'C', help: 'country of the person who asks', schema: z.string().optional() },
    language: {
      value: 'TAG',
      help: 'language of the text; guessed from those of the documents when absent',
      schema: z.string().optional(),
    },
    filter: {
      value: 'JSON',
      help: 'clauses that must hold, e.g. [{"range":{"field":"price","max":20}}]',
      schema: z.string().optional(),
    },
    syntax: {
      value: 'NAME',
      help: 'plain: a bag of words (default); query: +must -not "phrase"~2 title:word pre* fuzy~1 price:[10 TO 50]',
      schema: z.enum(['plain', 'query'], { error: 'expected plain or query' }).optional(),
    },
    query: {
      value: 'JSON',
      help: 'a query as a tree, docs/queries.md, in place of the text',
      schema: z.string().optional(),
    },
    similar: {
      value: 'ID',
      repeat: true,
      help: 'a document in place of the text: what is like it; may be repeated',
      schema: ids,
    },
    picture: {
      value: 'FILE',
      repeat: true,
      help: 'a picture in place of the text: what looks like it, where the model was trained with pictures; up to 4 of them',
      schema: ids,
    },
    notSimilar: {
      value: 'ID',
      repeat: true,
      help: 'with --similar or --picture: a document that the hits are unlike; may be repeated',
      schema: ids,
    },
    diversity: {
      value: 'D',
      help: 'hits unlike one another: 0 (default) to 1; 0.3 is a good start',
      schema: number(0, 1).optional(),
    },
    sort: {
      value: 'KEYS',
      help: 'attributes in place of the score: price,rating:desc,name:asc:numeric',
      schema: z.string().optional(),
    },
    groupBy: {
      value: 'FIELD',
      help: 'one hit for each value of an attribute, or so many: product, product:3',
      schema: z.string().optional(),
    },
    facets: {
      value: 'FIELDS',
      help: 'attributes whose values are counted: brand,colour',
      schema: z.string().optional(),
    },
    total: { help: 'count all documents that match', schema: switched },
    highlight: { help: 'show the passages that match', schema: switched },
    explain: { help: 'show the parts of each score', schema: switched },
  },
  project: { lacks: ({ index }) => index === undefined, fills: ({ index }) => ({ index }) },
  run: async (
    {
      index: place,
      backend,
      url,
      model,
      mode,
      filter,
      query,
      sort,
      groupBy,
      facets,
      highlight,
      similar,
      picture,
      notSimilar,
      ...request
    },
    context,
    words,
  ) => {
    const hasExamples = similar.length + picture.length > 0;
    if (notSimilar.length > 0 && !hasExamples)
      throw new TandemError('usage/missing-option', '--not-similar goes with --similar or --picture');
    const asks = [filter, query, sort].some(each => each !== undefined) || hasExamples;
    if (words.length === 0 && !asks)
      throw new TandemError('usage/missing-option', 'the text is missing: what to search for');
    const [
      { withBackend },
      { formatHits },
      { parseFacetsFlag, parseFilterFlag, parseGroupFlag, parseQueryFlag, parseSortFlag },
      { examplesOf },
    ] = await Promise.all([
      import('../../api/indexes/open-backend.js'),
      import('../format-hits.js'),
      import('../parse-search-flags.js'),
      import('../../api/indexes/search-examples.js'),
    ]);
    const parsed = {
      filter: filter === undefined ? undefined : parseFilterFlag(filter),
      query: query === undefined ? undefined : parseQueryFlag(query),
      sort: sort === undefined ? undefined : parseSortFlag(sort),
      groupBy: groupBy === undefined ? undefined : parseGroupFlag(groupBy),
      facets: facets === undefined ? undefined : parseFacetsFlag(facets),
      highlight: highlight ? {} : undefined,
      similar: hasExamples ? await examplesOf({ similar, pictures: picture, notSimilar }) : undefined,
    };
    return withBackend(place, { backend, url, model }, async ({ index, modes }) => {
      const response = await index.search({ ...request, ...parsed, text: textOf(words), mode: mode ?? modes[0] });
      for (const warning of response.warnings ?? []) context.warn(warning);
      if (response.partial !== undefined)
        context.warn(`altered on disk, and left out: ${response.partial.join(', ')}; tandem check says more`);
      return { json: { ...response }, text: formatHits(response) };
    });
  },
});
