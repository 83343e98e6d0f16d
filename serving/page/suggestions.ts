import { element } from './elements.js';

export interface Suggestions {
  /** Asks for ways to go on with the text as it is now, and shows them. */
  ask(): void;
  close(): void;
  /** What a key does while they are shown. @returns whether it did something */
  key(event: KeyboardEvent): boolean;
}

/** Asked for at once; while an answer is on its way, what was typed meanwhile waits, and only the last of it is asked for. */
export function latestOnly(ask: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await ask();
    } while (again);
    running = false;
  };
  return () => void run();
}

/**
 * The list under a search box: a combobox as WAI-ARIA describes it.
 * @param complete  ways to go on with a text
 * @param onChosen  called with the one that was chosen
 */
export function createSuggestions(
  input: HTMLInputElement,
  list: HTMLUListElement,
  complete: (text: string) => Promise<readonly string[]>,
  onChosen: (text: string) => void,
): Suggestions {
  let selected = -1;
  let wanted = false;
  const options = (): Element[] => [...list.children];

  function select(place: number): void {
    const all = options();
    selected = place >= all.length ? -1 : place;
    for (const [i, option] of all.entries()) option.setAttribute('aria-selected', String(i === selected));
    const active = all[selected];
    if (active) input.setAttribute('aria-activedescendant', active.id);
    else input.removeAttribute('aria-activedescendant');
  }

  function close(): void {
    wanted = false;
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute('aria-expanded', 'false');
    select(-1);
  }

  function choose(text: string): void {
    close();
    onChosen(text);
  }

  function show(texts: readonly string[]): void {
    list.replaceChildren(
      ...texts.map((text, i) => {
        const option = element(
          'li',
          { role: 'option', id: `suggestion-${i}`, dir: 'auto', 'aria-selected': 'false' },
          text,
        );
        // before the box loses the focus
        option.addEventListener('mousedown', event => {
          event.preventDefault();
          choose(text);
        });
        return option;
      }),
    );
    list.hidden = texts.length === 0;
    input.setAttribute('aria-expanded', String(texts.length > 0));
    select(-1);
  }

  const fetchThem = latestOnly(async () => {
    const text = input.value.trim();
    // no suggestions are better than none found
    const found = text === '' ? [] : await complete(text).catch((): readonly string[] => []);
    if (wanted && input.value.trim() === text) show(found.filter(each => each !== text));
  });
  input.addEventListener('blur', close);
  return {
    ask: () => {
      wanted = true;
      fetchThem();
    },
    close,
    key: ({ key }) => {
      if (list.hidden) return false;
      if (key === 'ArrowDown') select(selected + 1);
      else if (key === 'ArrowUp') select(selected < 0 ? options().length - 1 : selected - 1);
      else if (key === 'Escape') close();
      else if (key === 'Enter' && selected >= 0) choose(options()[selected].textContent ?? '');
      else return false;
      return true;
    },
  };
}
