import { runBench } from './run.js';

process.exitCode = await runBench(process.argv.slice(2), line => process.stdout.write(`${line}\n`));
