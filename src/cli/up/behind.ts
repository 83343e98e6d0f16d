import { z } from 'zod';
import type { Building } from '../../../serving/parts.js';
import { TandemError } from '../../errors/tandem-error.js';
import type { CommandContext } from '../command.js';
import type { OpenProject } from '../project.js';
import type { ReportedStep } from '../terminal.js';
import { runStep } from './run-step.js';

export interface BehindOptions {
  readonly opened: OpenProject;
  /** model that is used as it is; without it towers are trained */
  readonly model?: string;
  readonly onChange: (building: Building) => void;
}

interface Step {
  readonly what: string;
  readonly words: readonly string[];
}

/** The commands that lead from the files of a project to an index with vectors. */
function stepsOf({ file, data, model: trained, index }: OpenProject, given: string | undefined): Step[] {
  const project = ['--project', file];
  const prepare = {
    what: 'Preparing what the towers learn from',
    words: ['prepare', ...project, '--out', data, '--force'],
  };
  const train = {
    what: 'Training the towers',
    words: ['train', ...project, '--data', data, '--out', trained, '--resume', '--force'],
  };
  const rebuild = {
    what: 'Indexing with vectors',
    words: ['index', ...project, '--model', given ?? trained, '--out', index, '--force'],
  };
  return given === undefined ? [prepare, train, rebuild] : [rebuild];
}

const fusionSchema = z.object({ fusionWeight: z.number() });
const trainedSchema = z.object({ warnings: z.array(z.string()).default([]) });

/**
 * Makes an index with vectors behind the service that answers already, step by step; what is going on is told all the while. The index takes
 * the place of the one before when it is whole.
 * @returns whether all of it was made; where not, the reason was told
 */
export async function buildBehind(
  { opened, model, onChange }: BehindOptions,
  context: CommandContext,
): Promise<boolean> {
  const { terminal, signal } = context;
  const warnings: string[] = [];
  let weight = 0;
  const steps = stepsOf(opened, model);
  for (const [at, { what, words }] of steps.entries()) {
    const name = `Step ${at + 1} of ${steps.length}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
    onChange({ state: 'running', text: `${name}. Words are searched meanwhile.` });
    terminal.error(`${name}\n`);
    const onStep = ({ title, text, done, total }: ReportedStep): void =>
      onChange({
        state: 'running',
        text: `${name} (${title}: ${text}). Words are searched meanwhile.`,
        ...(total !== undefined && total > 0 && { share: Math.min(1, done / total) }),
      });
    try {
      const result = await runStep(words, context, onStep);
      warnings.push(...trainedSchema.parse(result).warnings);
      weight = fusionSchema.safeParse(result).data?.fusionWeight ?? weight;
    } catch (error) {
      if (signal.aborted) return false;
      const { code, message, remedy } =
        error instanceof TandemError ? error : new TandemError('internal', String(error));
      const failed = `${what} failed (${code}): ${message}. ${remedy}`;
      onChange({ state: 'failed', text: `${failed} Words are searched all the same.` });
      terminal.error(`tandem: ${failed}\n`);
      return false;
    }
  }
  const text = [
    `Meaning is searched too: vectors count ${weight} in a hybrid answer, words ${Number((1 - weight).toFixed(2))}.`,
    ...warnings,
  ].join(' ');
  onChange({ state: 'done', text });
  terminal.error(`${text}\n`);
  return true;
}
