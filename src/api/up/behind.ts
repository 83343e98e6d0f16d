import { join } from 'node:path';
import { z } from 'zod';
import type { Building } from '../../../serving/parts.js';
import { TandemError } from '../../errors/tandem-error.js';
import { isThere } from '../../files/is-there.js';
import { isUnderWay } from '../destination.js';
import type { OpenProject } from '../project/project.js';
import { type OnStep, type ReportedStep, runStep } from '../steps/run-step.js';
import type { Watch } from '../watch.js';
import { learntFrom } from './learnt-from.js';
import { isLearntFrom, noteLearntFrom } from './up-state.js';

export interface BehindOptions {
  /** file of the command line, which takes the steps */
  readonly program: string;
  readonly opened: OpenProject;
  /** model that is used as it is; without it towers are trained */
  readonly model?: string;
  /** flags of `tandem index` for the pictures of the page */
  readonly shown: readonly string[];
  /** what is searched until it is made */
  readonly meanwhile: string;
  readonly onChange: (building: Building) => void;
}

interface Step {
  readonly what: string;
  readonly words: readonly string[];
  /** what the step makes, if it can go on from where an interrupted run of it stood */
  readonly resumes?: string;
  /** whether it makes the towers, which stay as they are where nothing that they learn from has changed */
  readonly learns?: true;
}

/** The commands that lead from the files of a project to an index with vectors. */
function stepsOf(
  { file, data, model: trained, index }: OpenProject,
  given: string | undefined,
  shown: readonly string[],
): Step[] {
  const project = ['--project', file];
  const prepare: Step = {
    what: 'Preparing what the towers learn from',
    words: ['prepare', ...project, '--out', data, '--force'],
  };
  const train: Step = {
    what: 'Training the towers',
    words: ['train', ...project, '--data', data, '--out', trained, '--force'],
    // where an interrupted run has left what it can go on from
    resumes: trained,
    learns: true,
  };
  const rebuild: Step = {
    what: 'Indexing with vectors',
    words: ['index', ...project, '--model', given ?? trained, ...shown, '--out', index, '--keep-rules', '--force'],
  };
  return given === undefined ? [prepare, train, rebuild] : [rebuild];
}

const hasLearnt = async ({ project, model }: OpenProject, name: string): Promise<boolean> =>
  (await isThere(join(model, 'model.json'))) && (await isLearntFrom(project.out, name));

const fusionSchema = z.object({ fusionWeight: z.number() });
const trainedSchema = z.object({ warnings: z.array(z.string()).default([]) });

/** What an interrupted run has left cannot be gone on from: it was of other data, or is damaged. */
const stale = ['training/checkpoint-mismatch', 'training/checkpoint-damaged'];

/** Runs a step; one that was interrupted goes on where it stood, if that still fits. */
async function take(program: string, { words, resumes }: Step, watch: Watch, onStep: OnStep) {
  if (resumes === undefined || !(await isUnderWay(resumes))) return runStep(program, words, watch, onStep);
  try {
    return await runStep(program, [...words, '--resume'], watch, onStep);
  } catch (error) {
    if (!(error instanceof TandemError && stale.includes(error.code))) throw error;
    return runStep(program, words, watch, onStep);
  }
}

/**
 * Makes an index with vectors behind the service that answers already, step by step; what is going on is told all the while. The index takes
 * the place of the one before when it is whole.
 * @returns whether all of it was made; where not, the reason was told
 */
export async function buildBehind(
  { program, opened, model, shown, meanwhile, onChange }: BehindOptions,
  watch: Watch,
): Promise<boolean> {
  const { tell, signal } = watch;
  const warnings: string[] = [];
  let weight = 0;
  const steps = stepsOf(opened, model, shown);
  for (const [at, step] of steps.entries()) {
    const { what } = step;
    const name = `Step ${at + 1} of ${steps.length}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
    const learns = step.learns === true ? await learntFrom(opened.file, opened.data) : undefined;
    if (learns !== undefined && (await hasLearnt(opened, learns))) {
      tell(
        `Step ${at + 1} of ${steps.length}: the towers stay as they are, for nothing that they learn from has changed`,
      );
      continue;
    }
    onChange({ state: 'running', text: `${name}. ${meanwhile}` });
    tell(name);
    const onStep = ({ title, text, done, total }: ReportedStep): void =>
      onChange({
        state: 'running',
        text: `${name} (${title}: ${text}). ${meanwhile}`,
        ...(total !== undefined && total > 0 && { share: Math.min(1, done / total) }),
      });
    try {
      const result = await take(program, step, watch, onStep);
      warnings.push(...trainedSchema.parse(result).warnings);
      if (learns !== undefined) await noteLearntFrom(opened.project.out, learns);
      weight = fusionSchema.safeParse(result).data?.fusionWeight ?? weight;
    } catch (error) {
      if (signal.aborted) return false;
      const { code, message, remedy } =
        error instanceof TandemError ? error : new TandemError('internal', String(error));
      const failed = `${what} failed (${code}): ${message}. ${remedy}`;
      onChange({ state: 'failed', text: `${failed} ${meanwhile}` });
      tell(`tandem: ${failed}`);
      return false;
    }
  }
  const text = [describeWeight(weight), ...warnings].join(' ');
  onChange({ state: 'done', text });
  tell(text);
  return true;
}

const describeWeight = (weight: number): string =>
  weight === 0
    ? 'Meaning is searched too: vectors go on where words find too little; for these documents words alone rank better (`tandem tune` sets another weight).'
    : `Meaning is searched too: vectors count ${weight} in a hybrid answer, words ${Number((1 - weight).toFixed(2))}.`;
