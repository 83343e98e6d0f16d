// tsc compiles TypeScript alone; the web page is plain files and goes along as it is.
import { cpSync, existsSync } from 'node:fs';

if (existsSync('serving/page')) cpSync('serving/page', 'dist/serving/page', { recursive: true });
