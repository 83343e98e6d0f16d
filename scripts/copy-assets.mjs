// tsc compiles TypeScript alone; the bundled page goes along as it is, and so do compiled kernels.
import { cpSync, existsSync } from 'node:fs';

cpSync('src/vector/graph.wasm', 'dist/src/vector/graph.wasm');
if (existsSync('serving/page/built')) cpSync('serving/page/built', 'dist/serving/page/built', { recursive: true });
