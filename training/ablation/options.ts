import type { TrainingProgress, TrainOptions } from '../trainer.js';
import type { LoadOptions } from './measure.js';
import type { AblationPlan } from './variants.js';

/** What an ablation reports while it goes. */
export interface AblationProgress {
  readonly variant: string;
  readonly seed: number;
  /** runs that are over, and all that were not there yet when it began */
  readonly runs: number;
  readonly allRuns: number;
  /** steps taken and wanted, over all runs that were not there yet */
  readonly done: number;
  readonly total: number;
  /** of the run that is being trained; absent while a model is measured */
  readonly training?: TrainingProgress;
}

export interface AblationOptions {
  /** what every run is trained with */
  readonly shared: Omit<
    TrainOptions,
    'config' | 'out' | 'resume' | 'begin' | 'onProgress' | 'onTeaching' | 'onStageEnd'
  >;
  readonly plan: AblationPlan;
  /** folder; `runs` in it holds what is finished and what is under way */
  readonly out: string;
  /** models are kept beside the results */
  readonly keepModels?: boolean;
  /** least gain that counts as relevant; half of the greatest one when absent */
  readonly relevanceLevel?: number;
  /** how models are loaded to be measured, beside the threads */
  readonly load?: LoadOptions;
  readonly onProgress?: (progress: AblationProgress) => void;
}
