// A retriever for LangChain.js over a service of Tandem: https://js.langchain.com
import { Document } from '@langchain/core/documents';
import { BaseRetriever } from '@langchain/core/retrievers';
import { createClient } from 'tandem-search/client';

export class TandemRetriever extends BaseRetriever {
  lc_namespace = ['tandem-search', 'retrievers'];

  /** @param options  those of createClient, and `request`: what every search asks, such as `{ k: 4, filter: [...] }` */
  constructor({ request = {}, ...options }) {
    super(options);
    this.client = createClient(options);
    this.request = request;
  }

  async _getRelevantDocuments(text) {
    const { hits } = await this.client.search({ ...this.request, text });
    return hits.map(({ id, score, document: { title, description = '', ...metadata } }) => {
      return new Document({ id, pageContent: `${title}\n${description}`.trim(), metadata: { ...metadata, id, score } });
    });
  }
}
