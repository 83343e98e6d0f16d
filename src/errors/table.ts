import { clusterErrors } from './cluster-errors.js';
import { collectionErrors } from './collection-errors.js';
import { type ErrorEntry, entry } from './entry.js';
import { redisErrors } from './redis-errors.js';
import { storageErrors } from './storage-errors.js';

/**
 * Every error a person can meet: its code, HTTP status, exit code and what to do about it.
 * docs/errors.md is written from this table; a test keeps the two equal.
 *
 * exit: 2 = the call was wrong (usage), 1 = the work failed.
 */
export const errorTable = {
  'usage/unknown-option': entry(
    400,
    2,
    'Run the command with --help to see its options; docs/library.md says where those of the library stand.',
  ),
  'usage/missing-option': entry(400, 2, 'Give the named option; --help shows an example.'),
  'usage/bad-value': entry(400, 2, 'Give a value within the bound that the message names.'),
  'config/unknown-key': entry(400, 2, 'Remove the key or correct its spelling; docs/config.md lists every key.'),
  'config/bad-value': entry(
    400,
    2,
    'Give a value within the bound that the message names; docs/config.md lists every key.',
  ),
  'data/not-found': entry(404, 1, 'Check the path.'),
  'data/empty': entry(422, 1, 'Give a file that has at least one row.'),
  'data/malformed-row': entry(422, 1, 'Correct the named rows; nothing was written.'),
  'data/bad-encoding': entry(422, 1, 'Convert the file to UTF-8, as the message shows; nothing was written.'),
  'data/unknown-format': entry(
    422,
    2,
    'Give JSON Lines, a JSON array, CSV or Parquet, or a BEIR folder; docs/data.md shows what can be read.',
  ),
  'data/duplicate-id': entry(422, 1, 'Give every document and every query an id of its own; nothing was written.'),
  'data/no-impressions': entry(
    422,
    1,
    'Log what was shown: for each hit an event of type impression with its query or after its search, its documentId and its rank from 1 (docs/data.md).',
  ),
  'data/unknown-column': entry(422, 2, 'Name a column that the file has; the message lists them.'),
  'data/no-documents': entry(
    422,
    1,
    'Give a file with the names of its columns in the first line, one of them of what things are called, or write tandem.json by hand (docs/project.md).',
  ),
  'project/invalid': entry(400, 2, 'Correct tandem.json where the message says; docs/project.md lists every key.'),
  'data/unknown-documents': entry(422, 1, 'Give the documents that the pairs name, under the same ids.'),
  'data/no-queries': entry(422, 1, 'Give pairs whose queries have a visible character.'),
  'data/not-prepared': entry(404, 1, 'Make the folder with `tandem prepare`, or check the path.'),
  'data/unsupported-version': entry(422, 1, 'Prepare the data again with this version of Tandem.'),
  'files/disk-full': entry(
    507,
    1,
    'Free some space and run the command again; nothing half-written was left under the final name.',
  ),
  'files/write-failed': entry(
    500,
    1,
    'Check that the folder exists and may be written to; nothing half-written was left under the final name.',
  ),
  'files/exists': entry(
    409,
    2,
    'Give --force to replace it (in the library `replace: true`), or another place with --out; the old one stays until the new one is whole.',
  ),
  'files/not-ours': entry(
    409,
    2,
    'Give a place where nothing is yet, or an empty folder: what this command did not write it does not replace, with --force neither.',
  ),
  'files/claimed': entry(409, 1, 'Wait until the other command has ended, or give another place with --out.'),
  'files/not-writable': entry(
    403,
    1,
    'Let this user write there (`chmod -R u+w`, `chown -R`), or run the command as the user that it belongs to.',
  ),
  'files/too-many-open': entry(
    503,
    1,
    'Try again; let the process have more files open (`ulimit -n`), or give a lower --max-connections.',
  ),
  'files/damaged': entry(500, 1, 'Make the file again from its source; its checksum does not fit its content.'),
  'model/damaged': entry(
    500,
    1,
    'Train the model again or copy the folder again; a file is missing, cut short or altered.',
  ),
  'model/unsupported-version': entry(500, 1, 'Use the Tandem version that wrote it, or train the model again.'),
  'model/other-images': entry(
    422,
    2,
    'Use the image encoder that the training images were encoded with, or train the model again with this one.',
  ),
  'model/unsupported-tokenizer': entry(
    422,
    1,
    'Use an encoder of the BERT or XLM-RoBERTa family, or train a vocabulary here.',
  ),
  'model/unsupported-encoder': entry(
    422,
    1,
    'Use an encoder of the BERT or XLM-RoBERTa family, pooled by mean or first token, as model.safetensors.',
  ),
  'model/failed-check': entry(
    422,
    1,
    'Copy the folder again; where it fails again, use another encoder: this one would not find anything.',
  ),
  'model/unsupported-image-encoder': entry(
    422,
    2,
    'Give an ONNX model with one picture as its input and vectors as an output; --size, --layout and --output say what it leaves open.',
  ),
  'image/bad-reference': entry(
    422,
    1,
    'Name pictures by a path below the folder of pictures, or bring them along as data:image/TYPE;base64; nothing is fetched over the network.',
  ),
  'image/not-found': entry(404, 1, 'Give the folder of the pictures with --pictures, or put the picture there.'),
  'image/too-large': entry(413, 1, 'Give a smaller picture: at most 64 MiB and 64 million pixels.'),
  'image/unreadable': entry(422, 1, 'Save the picture anew as JPEG, PNG, WebP, GIF, TIFF or AVIF.'),
  'model/too-large': entry(
    422,
    1,
    'Keep fewer layers (`tandem import-encoder --layers`); an ONNX file holds 2 GiB at most.',
  ),
  'recorder/unmapped-kernel': entry(
    500,
    1,
    'Write the layer with mapped kernels, or map this one in models/recorder/kernels.',
  ),
  'recorder/value-not-known': entry(
    500,
    1,
    'Do not read tensor values while recording; keep the computation inside the graph.',
  ),
  'training/diverged': entry(500, 1, 'Lower training.learningRate; the last good checkpoint was kept.'),
  'training/no-examples': entry(
    422,
    1,
    'Give more pairs, or documents with titles for pseudo-queries: at least two documents.',
  ),
  'training/no-gain': entry(
    422,
    1,
    'Train longer (--epochs), give more pairs, or lower training.learningRate: what has not got better cannot be weighed.',
  ),
  'training/no-texts': entry(
    422,
    1,
    'Give more text with --texts, --data or --translations: at least two texts of two words.',
  ),
  'training/checkpoint-mismatch': entry(
    409,
    1,
    'Resume with the configuration and data that the checkpoint was made with, or start without --resume.',
  ),
  'training/checkpoint-damaged': entry(
    500,
    1,
    'Start again without --resume; the checkpoint or its log is cut short or was altered.',
  ),
  'training/provider-missing': entry(
    500,
    1,
    'Set training.provider to cpu, or install what onnxruntime needs for this one (webgpu on Linux: libvulkan1; cuda: its CUDA files).',
  ),
  'training/engine-missing': entry(
    500,
    1,
    'Run `npm install @tensorflow/tfjs-node` (in a checkout of Tandem `npm run setup:tfjs-node`), or leave training.engine at recorded.',
  ),
  'text/bad-language': entry(400, 2, 'Give a BCP 47 tag such as en, de-CH, zh-Hant or und (language-neutral).'),
  'text/bad-synonyms': entry(
    422,
    2,
    'Correct the named rule: words parted by commas, `a, b => c` to replace; at most 100,000 rules of 16 words to an alternative.',
  ),
  'dictionary/bad-word': entry(422, 2, 'Correct the named word; nothing of the dictionary was changed.'),
  'index/not-found': entry(404, 1, 'Check the path, or make the index with `tandem index`.'),
  'index/damaged': entry(
    500,
    1,
    'Run `tandem check --repair`, which makes tokens and vectors anew from the documents; or make the index again with `tandem index`.',
  ),
  'index/manifest-damaged': entry(
    500,
    1,
    'Restore a snapshot with `tandem restore`, or make the index again with `tandem index`: nothing else says how it was made.',
  ),
  'index/documents-damaged': entry(
    500,
    1,
    'Restore a snapshot with `tandem restore`, or make the index again with `tandem index`: documents cannot be made anew from tokens and vectors.',
  ),
  'index/read-only': entry(403, 2, 'Serve the index with --writable.'),
  'index/open-here': entry(
    409,
    1,
    'Open the index once in this process, for writing: that searches too. Or close what reads it first.',
  ),
  'index/closed': entry(409, 1, 'Open the index again, or close it later: nothing can be asked of one that is closed.'),
  'model/quantized': entry(422, 1, 'Give the model that it was made from.'),
  'model/closed': entry(409, 1, 'Load the model again, or close it later: nothing can be asked of one that is closed.'),
  'index/locked': entry(
    409,
    1,
    'End the process that writes to this index, or write through it; reading needs no lock.',
  ),
  'index/replaced': entry(
    503,
    1,
    'Start the service again: the folder of its index was moved, removed or replaced, and nothing is written into what is gone.',
  ),
  'index/claim-lost': entry(
    503,
    1,
    'Start the service again, once the other process has ended; it took this one for ended, which gave no sign of life.',
  ),
  'index/unsupported-version': entry(
    500,
    1,
    'Use the Tandem version that wrote it, or make the index again with `tandem index`.',
  ),
  'index/model-mismatch': entry(
    409,
    1,
    'Use the model that the index was made with, or index the documents again with this one.',
  ),
  'index/too-large': entry(
    422,
    1,
    'Train towers of a smaller embedding width, or part the documents among several indexes; the limit is in the message.',
  ),
  'index/no-vectors': entry(409, 2, 'Use --mode token, or index the documents with --model.'),
  'index/reads-no-pictures': entry(
    409,
    2,
    'Search by text, or index the documents with a model that was trained with pictures; docs/images.md says how.',
  ),
  ...clusterErrors,
  ...collectionErrors,
  ...redisErrors,
  ...storageErrors,
  'generation/unknown': entry(404, 2, 'Name one that is there; `tandem generation list` shows them.'),
  'generation/exists': entry(
    409,
    2,
    'Switch to the generation that is there, or drop it first; `tandem generation list` shows them.',
  ),
  'generation/unfinished': entry(
    409,
    1,
    'Give the same command with the same model again: it goes on where it stopped. Or drop what was begun.',
  ),
  'generation/active': entry(409, 2, 'Switch to another generation first; `tandem generation list` shows them.'),
  'generation/busy': entry(409, 1, 'Wait until the other process has ended, or end it; what it has done is kept.'),
  'generation/no-previous': entry(409, 2, 'Name the generation to switch to; `tandem generation list` shows them.'),
  'snapshot/no-folder': entry(409, 2, 'Start the service with --snapshots DIR, or use `tandem snapshot` beside it.'),
  'snapshot/exists': entry(409, 2, 'Give another name; GET /snapshots lists those that are there.'),
  'snapshot/busy': entry(409, 1, 'Wait until it is taken; GET /snapshots tells how far it is.'),
  'search/bad-filter': entry(400, 2, 'Correct the filter; docs/filters.md shows the forms.'),
  'search/bad-query': entry(400, 2, 'Correct the query; docs/queries.md shows the forms and their limits.'),
  'search/cursor-expired': entry(
    410,
    2,
    'Ask for the first page again; a cursor is kept for five minutes after it was last used.',
  ),
  'evaluation/nothing-in-common': entry(
    422,
    1,
    'Give the judgements of the queries that were asked, under the same ids.',
  ),
  'evaluation/no-queries': entry(
    422,
    1,
    'Give at least one query that can be answered, with judgements where these decide.',
  ),
  'evaluation/recall-fell': entry(
    422,
    1,
    'Find settings that reach the recall again with `tandem tune --golden`, or make the index again with a denser graph (`indexing.hnsw.m`).',
  ),
  'evaluation/one-class': entry(422, 1, 'Give scores of at least one positive and one negative example.'),
  'evaluation/duplicate-document': entry(422, 1, 'Give a run in which a document stands at most once for each query.'),
  'evaluation/unwritable-run': entry(
    422,
    1,
    'Give ids without white space and finite scores; a TREC file separates its columns by spaces.',
  ),
  'ranker/not-found': entry(404, 1, 'Check the path; `tandem rank train` makes the file of a ranker.'),
  'ranker/unknown-feature': entry(
    422,
    1,
    'Train the ranker again with this version, or name a feature that docs/ranking.md lists.',
  ),
  'ranker/damaged': entry(
    422,
    1,
    'Train the ranker again, or write the file again from its source; a part of it is missing, cut short or altered.',
  ),
  'ranker/unsupported': entry(
    422,
    1,
    'Give a ranker that is a sum of trees with one score: LightGBM gbdt with lambdarank, rank_xendcg or regression, XGBoost gbtree with rank:* or reg:squarederror.',
  ),
  'ranker/bad-rows': entry(
    422,
    1,
    'Correct the rows where the message says: features are finite numbers or missing, gains are numbers of at least 0.',
  ),
  'ranker/nothing-to-learn': entry(
    422,
    1,
    'Give judgements of queries that have better and worse documents among their candidates.',
  ),
  'ranker/other-features': entry(
    409,
    1,
    'Give rows with the features that the ranker was trained with, in the same order; or train it from the start.',
  ),
  'ranker/too-large': entry(422, 1, 'Give a ranker with fewer or smaller trees; the limit is in the message.'),
  'request/invalid': entry(400, 2, 'Correct the named field.'),
  'rules/invalid': entry(
    422,
    2,
    'Correct the rule where the message says; docs/rules.md lists every field. The rules are as they were.',
  ),
  'request/too-many-documents': entry(
    409,
    1,
    'Narrow the filter, or allow more by `most` once a dry run has shown what it takes; nothing was deleted.',
  ),
  'request/too-large': entry(413, 2, 'Send less at a time; the limit is in the message.'),
  'request/not-found': entry(404, 2, 'Check the address; /docs lists the routes.'),
  'request/unsupported-type': entry(
    415,
    2,
    'Send application/json, application/merge-patch+json to change a document, or application/x-ndjson where the route takes lines.',
  ),
  'request/unauthorised': entry(
    401,
    2,
    'Send a key: `authorization: Bearer KEY`; docs/serving.md says of which scope.',
  ),
  'request/forbidden': entry(
    403,
    2,
    'Use a key of the scope that the message names, or ask from the machine that serves, without a proxy between; docs/serving.md says how to stand behind one.',
  ),
  'request/rate-limited': entry(429, 1, 'Try again after the time in Retry-After.'),
  'key/outside-filter': entry(
    403,
    2,
    'Write documents that pass the filter of the key, or use another key; `tandem key list` shows the filters.',
  ),
  'key/id-taken': entry(409, 2, 'Give the document another id, such as one that begins with a name of your own.'),
  'events/disabled': entry(404, 1, 'Start the service with --events FOLDER or --events-stream KEY (docs/shop.md).'),
  'events/storage-full': entry(
    507,
    1,
    'Move files of the folder of events away once they are read, or give the service more --events-disk.',
  ),
  'job/disabled': entry(404, 1, 'Start the service with --jobs FOLDER (docs/jobs.md).'),
  'job/unknown': entry(404, 1, 'Ask `GET /jobs` which there are; finished ones are kept for seven days.'),
  'job/no-result': entry(409, 1, 'Ask `GET /jobs/ID` how far it is, or why it failed.'),
  'job/too-many': entry(429, 1, 'Wait until jobs have ended, or delete some with `DELETE /jobs/ID`.'),
  'job/too-large': entry(413, 1, 'Give a file with fewer rows, or allow more (--max-rows; a service: --jobs-disk).'),
  'job/storage-full': entry(507, 1, 'Fetch what jobs have made and delete them, or give the service more --jobs-disk.'),
  'server/overloaded': entry(503, 1, 'Try again after the time in Retry-After.'),
  'server/not-ready': entry(503, 1, 'Try again; the index cannot be read at the moment.'),
  'server/process-ended': entry(
    503,
    1,
    'Ask again: another process takes its place. A write that was under way may have been made or not; writing the same once more does no harm.',
  ),
  'server/port-taken': entry(500, 1, 'Give a free --port, or end the program that listens there.'),
  'bench/wrong-answer': entry(
    500,
    1,
    'Find out which contestant computes something else; speeds of different work are not compared.',
  ),
  'bench/peer-failed': entry(
    500,
    1,
    'Run the peer by itself to see what it says; bench/peers/README.md shows how to install each.',
  ),
  'package/unavailable': entry(
    501,
    1,
    'Run the command in the message, where Tandem is installed or where you run it; README.md says which part needs which package.',
  ),
  internal: entry(500, 1, 'This is a fault in Tandem: report it with the message.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);
