// tsc compiles TypeScript alone; the web page is plain files and goes along as it is, and so do compiled kernels.
import { cpSync, existsSync } from 'node:fs';

cpSync('src/vector/graph.wasm', 'dist/src/vector/graph.wasm');
if (existsSync('serving/page')) cpSync('serving/page', 'dist/serving/page', { recursive: true });
