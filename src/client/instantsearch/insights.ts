import type { SentEvent } from '../../config/sent-event.js';
import type { TandemClient } from '../client.js';
import type { WidgetResults } from './results.js';

/** What the insights middleware of InstantSearch calls: a method by its name, and what it takes. */
export interface InsightsClient {
  (method: string, ...given: readonly unknown[]): void;
  /** of the client that it stands in the place of */
  readonly version: string;
}

export interface Insights {
  readonly client: InsightsClient;
  /** Notes what was shown, so that events can say for which query, and at which place. */
  shown(results: WidgetResults): void;
}

/** What the methods of that client tell, as the type of an event; the others are passed over. */
const types: Readonly<Record<string, string>> = {
  viewedObjectIDs: 'impression',
  clickedObjectIDs: 'click',
  clickedObjectIDsAfterSearch: 'click',
  addedToCartObjectIDs: 'cart',
  addedToCartObjectIDsAfterSearch: 'cart',
  convertedObjectIDs: 'order',
  convertedObjectIDsAfterSearch: 'order',
  purchasedObjectIDs: 'order',
  purchasedObjectIDsAfterSearch: 'order',
};

interface Payload {
  /** of the widgets, with the order behind its : */
  readonly index?: string;
  readonly objectIDs?: readonly string[];
  readonly positions?: readonly number[];
  readonly queryID?: string;
}

/** Milliseconds in which impressions are gathered. */
const gatheredMs = 500;
/** Documents of which it is remembered where they were shown, and events of one request. */
const mostRemembered = 10_000;
const mostAtOnce = 100;

// randomUUID is there on pages over HTTPS alone
const randomToken = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

type Sender = Pick<TandemClient, 'sendEvents'>;

/** Where a document was shown. */
interface Place {
  readonly queryId: string;
  readonly rank: number;
}

/**
 * Sends what the insights middleware tells to the service.
 * @param senderOf  whom what is told of an index of the widgets is sent to
 * @param session  of the person; random when absent
 * @param onFailure  told where events could not be sent; they are lost then
 */
export function createInsights(
  senderOf: (index: string | undefined) => Sender,
  session: string | undefined,
  onFailure: (error: unknown) => void = () => {},
): Insights {
  let token = session ?? randomToken();
  let told: ((token: string) => void) | undefined;
  const known = new Map<Sender, Map<string, Place>>();
  const placesOf = (sender: Sender): Map<string, Place> => {
    const places = known.get(sender) ?? new Map<string, Place>();
    known.set(sender, places);
    return places;
  };
  const gathered = new Map<Sender, SentEvent[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const [{ sendEvents }, events] of gathered)
      for (let from = 0; from < events.length; from += mostAtOnce)
        sendEvents(events.slice(from, from + mostAtOnce)).catch(onFailure);
    gathered.clear();
  }

  function tell(type: string, { index, objectIDs = [], positions = [], queryID }: Payload): void {
    const time = Date.now();
    const sender = senderOf(index);
    const places = placesOf(sender);
    const events = gathered.get(sender) ?? [];
    gathered.set(sender, events);
    for (const [i, documentId] of objectIDs.entries()) {
      const place = places.get(documentId);
      const queryId = queryID ?? place?.queryId;
      const rank = positions[i] ?? place?.rank;
      events.push({
        ...{ type, session: token, time, documentId },
        ...(queryId !== undefined && { queryId }),
        ...(rank !== undefined && { rank }),
      });
    }
    // the page may be left by a click
    if (type === 'impression') timer ??= setTimeout(flush, gatheredMs);
    else flush();
  }

  const call = (method: string, ...given: readonly unknown[]): void => {
    const [first, second] = given;
    const type = types[method];
    if (type !== undefined) tell(type, first as Payload);
    else if (method === 'setUserToken' && session === undefined) {
      token = String(first);
      told?.(token);
    } else if (method === 'getUserToken') (second as ((error: null, token: string) => void) | undefined)?.(null, token);
    else if (method === 'onUserTokenChange') {
      told = first as typeof told;
      if ((second as { readonly immediate?: boolean } | undefined)?.immediate) told?.(token);
    }
  };
  return {
    client: Object.assign(call, { version: '2.17.2' }),
    shown: ({ index, queryID, hits, page, hitsPerPage }) => {
      if (queryID === undefined) return;
      const places = placesOf(senderOf(index));
      if (places.size > mostRemembered) places.clear();
      for (const [i, { objectID }] of hits.entries())
        places.set(objectID, { queryId: queryID, rank: page * hitsPerPage + i + 1 });
    },
  };
}
