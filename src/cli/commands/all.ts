import type { RunnableCommand } from '../command.js';
import { ablateCommand } from './ablate.js';
import { analyzeCommand } from './analyze.js';
import { blendCommand } from './blend.js';
import { checkCommand } from './check.js';
import { demoCommand } from './demo.js';
import { dictionaryCommand } from './dictionary.js';
import { embedCommand } from './embed.js';
import { evaluateCommand } from './evaluate.js';
import { explainCommand } from './explain.js';
import { exportEventsCommand } from './export-events.js';
import { generationAddCommand } from './generation/add.js';
import { generationCompareCommand } from './generation/compare.js';
import { generationDropCommand } from './generation/drop.js';
import { generationListCommand } from './generation/list.js';
import { generationRollbackCommand } from './generation/rollback.js';
import { generationSwitchCommand } from './generation/switch.js';
import { goldenDrawCommand } from './golden/draw.js';
import { goldenNoteCommand } from './golden/note.js';
import { importEncoderCommand } from './import-encoder.js';
import { importImageEncoderCommand } from './import-image-encoder.js';
import { indexCommand } from './index-documents.js';
import { initCommand } from './init.js';
import { inspectCommand } from './inspect.js';
import { jobsCommand } from './jobs.js';
import { keyCreateCommand } from './key/create.js';
import { keyListCommand } from './key/list.js';
import { keyRevokeCommand } from './key/revoke.js';
import { prepareCommand } from './prepare.js';
import { pretrainCommand } from './pretrain.js';
import { quantizeCommand } from './quantize.js';
import { rankEvaluateCommand } from './rank/evaluate.js';
import { rankExplainCommand } from './rank/explain.js';
import { rankExportCommand } from './rank/export.js';
import { rankImportCommand } from './rank/import.js';
import { rankLabelsCommand } from './rank/labels.js';
import { rankRowsCommand } from './rank/rows.js';
import { rankSetCommand } from './rank/set.js';
import { rankTrainCommand } from './rank/train.js';
import { restoreCommand } from './restore.js';
import { rulesCheckCommand } from './rules/check.js';
import { rulesListCommand } from './rules/list.js';
import { rulesSetCommand } from './rules/set.js';
import { runCommand } from './run.js';
import { searchCommand } from './search.js';
import { serveCommand } from './serve.js';
import { snapshotCommand } from './snapshot.js';
import { suggestCommand } from './suggest.js';
import { synonymsCommand } from './synonyms.js';
import { trainCommand } from './train.js';
import { tuneCommand } from './tune.js';
import { upCommand } from './up.js';
import { workerCommand } from './worker.js';

/** Every command, in the order of --help. A new command is one file and one line here. */
export const commands: readonly RunnableCommand[] = [
  demoCommand,
  upCommand,
  initCommand,
  exportEventsCommand,
  prepareCommand,
  importEncoderCommand,
  importImageEncoderCommand,
  pretrainCommand,
  quantizeCommand,
  trainCommand,
  ablateCommand,
  inspectCommand,
  blendCommand,
  embedCommand,
  workerCommand,
  jobsCommand,
  indexCommand,
  generationAddCommand,
  generationListCommand,
  generationCompareCommand,
  generationSwitchCommand,
  generationRollbackCommand,
  generationDropCommand,
  goldenDrawCommand,
  goldenNoteCommand,
  tuneCommand,
  rankLabelsCommand,
  rankTrainCommand,
  rankEvaluateCommand,
  rankExplainCommand,
  rankRowsCommand,
  rankSetCommand,
  rankImportCommand,
  rankExportCommand,
  searchCommand,
  explainCommand,
  suggestCommand,
  runCommand,
  evaluateCommand,
  serveCommand,
  keyCreateCommand,
  keyListCommand,
  keyRevokeCommand,
  analyzeCommand,
  dictionaryCommand,
  synonymsCommand,
  rulesSetCommand,
  rulesListCommand,
  rulesCheckCommand,
  snapshotCommand,
  restoreCommand,
  checkCommand,
];
