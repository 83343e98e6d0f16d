// node examples/langchain/ask.mjs http://127.0.0.1:8080 garden hose
import { RunnableLambda } from '@langchain/core/runnables';
import { TandemRetriever } from './retriever.mjs';

const [url, ...words] = process.argv.slice(2);
const retriever = new TandemRetriever({ url, request: { k: 3 } });
// a model would stand where the documents are joined
const chain = retriever.pipe(RunnableLambda.from(documents => documents.map(({ pageContent }) => pageContent)));
console.log(JSON.stringify(await chain.invoke(words.join(' '))));
