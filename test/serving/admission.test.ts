import { describe, expect, it } from 'vitest';
import { type Admission, createAdmission } from '../../serving/admission.js';

/** An event loop whose time passes and whose rounds come when the test says so. */
function eventLoop() {
  let time = 1_000;
  let next: (() => void)[] = [];
  let look = (): void => undefined;
  const repeat = (_everyMs: number, then: () => void): void => {
    look = then;
  };
  return {
    clock: { now: () => time, afterReading: (then: () => void) => void next.push(then), repeat },
    /** what is due every 20 ms */
    look: () => look(),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    /** what the promises do that a round resolves is done too */
    round: async () => {
      const now = next;
      next = [];
      for (const then of now) then();
      // one after the other gets its turn in what is due at once
      await new Promise(setImmediate);
    },
  };
}

describe('createAdmission', () => {
  it('works requests off in the order in which they came, a few milliseconds to a round', async () => {
    const loop = eventLoop();
    const admission = createAdmission(loop.clock);
    const begun: number[] = [];
    const ask = (id: number) => {
      const { turn, end } = admission.begin('search');
      void turn().then(() => {
        begun.push(id);
        loop.pass(2);
        end();
      });
    };
    for (let i = 0; i < 8; i++) ask(i);
    expect(begun).toEqual([]);
    await loop.round();
    expect(begun).toEqual([0, 1, 2]); // 2, 4 and 6 ms: 5 are over
    ask(8);
    loop.pass(8); // reading took 8 ms, so work gets as many
    await loop.round();
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (let i = 0; i < 3; i++) await loop.round();
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    ask(9);
    await loop.round();
    expect(begun.at(-1)).toBe(9);
  });

  it('leaves rounds to connections that come, but only for a while', async () => {
    const loop = eventLoop();
    const admission = createAdmission(loop.clock);
    let begun = 0;
    void admission
      .begin('search')
      .turn()
      .then(() => begun++);
    for (let round = 0; round < 63; round++) {
      admission.accepted();
      loop.pass(round % 5 === 0 ? 30 : 0.1); // the processor is lent to others in between
      await loop.round();
    }
    expect(begun).toBe(0);
    admission.accepted();
    loop.pass(1);
    await loop.round();
    expect(begun).toBe(1);
  });

  it('begins one in a round while enough is under way, as what a model embeds goes on in the next', async () => {
    const loop = eventLoop();
    const admission = createAdmission(loop.clock);
    const begun: (() => void)[] = [];
    for (let i = 0; i < 12; i++) {
      const ticket = admission.begin('hybrid');
      void ticket.turn().then(() => begun.push(ticket.end));
    }
    // taken to cost 2 ms each, and begun in no time
    await loop.round();
    expect(begun).toHaveLength(5);
    await loop.round();
    await loop.round();
    expect(begun).toHaveLength(7);
    for (const end of begun.slice(0, 4)) end();
    await loop.round();
    expect(begun).toHaveLength(9); // 3 were under way, 6 ms
  });

  /** Asks so many times at once, each taking so long. @returns whether each had its turn in time */
  async function turns(loop: ReturnType<typeof eventLoop>, admission: Admission, requests: number, ms: number) {
    const inTime: boolean[] = [];
    for (let i = 0; i < requests; i++) {
      const { turn, end } = admission.begin('search');
      void turn().then(yes => {
        inTime.push(yes);
        if (yes) loop.pass(ms);
        end();
      });
    }
    for (let i = 0; i <= requests; i++) await loop.round();
    return inTime;
  }

  it('turns away at its turn what has waited longer than a burst may bring, while load lasts', async () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    admission.admits('search');
    const inTime = await turns(loop, admission, 60, 45);
    // 60 of 2 ms are taken to be 120 ms of work. One has its turn at 0, 45, ... and 225 ms, when 150 were over, and load had lasted for 200.
    expect(inTime.slice(0, 5)).not.toContain(false);
    // 25 of them are no load: 50 ms
    expect(inTime.slice(5, 35)).not.toContain(true);
    expect(inTime[35]).toBe(true);
    // each that was done took 45 ms, of which a tenth is believed in place of 2; those that were not have cost nothing
    const { end } = admission.begin('search');
    expect(admission.figures().workMs).toBeGreaterThanOrEqual(2 + 0.1 * (45 - 2));
    end();
    expect(await turns(loop, admission, 1, 45)).toEqual([true]);
  });

  it('turns nothing away because one was slow, but does where all are, whatever they were taken to cost', async () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    admission.admits('search');
    const slow = admission.begin('search');
    void slow.turn().then(() => {
      loop.pass(900);
      slow.end();
    });
    expect(await turns(loop, admission, 5, 10)).toEqual([true, true, true, true, true]);
    // 20 are taken to be 40 ms; each takes 60
    const dear = createAdmission({ maxWaitMs: 100, ...loop.clock });
    dear.admits('search');
    const inTime = await turns(loop, dear, 20, 60);
    // late from 180 ms on, and turned away once that has lasted for 200
    expect(inTime.indexOf(false)).toBe(7); // at 420 ms
    expect(inTime.slice(7)).not.toContain(true);
  });

  it('forgets that one was late when nothing is in flight any more', async () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    admission.admits('search');
    const inTime: boolean[] = [];
    for (let i = 0; i < 2; i++) {
      const { turn, end } = admission.begin('search');
      void turn().then(yes => {
        inTime.push(yes);
        end();
      });
      loop.pass(160); // 150 may be waited
      await loop.round();
      loop.pass(60_000);
    }
    expect(inTime).toEqual([true, true]);
  });

  it('lets what came while the service stood still wait as long as that was', async () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    admission.admits('search');
    loop.pass(420);
    loop.look(); // 400 ms late, beside 150
    // that are 60 ms of work: load, from 200 ms on
    for (let i = 0; i < 30; i++) admission.begin('search');
    const inTime: boolean[] = [];
    for (const waitMs of [549, 442]) {
      void admission
        .begin('search')
        .turn()
        .then(yes => inTime.push(yes));
      loop.pass(waitMs);
      await loop.round();
    }
    // what came 549 ms later could wait for 110 less
    expect(inTime).toEqual([true, false]);
  });

  /** Begins requests until one is turned away. @returns how many were begun */
  function fill(admission: Admission): number {
    let begun = 0;
    while (begun < 10_000 && admission.admits('search')) {
      admission.begin('search');
      begun++;
    }
    return begun;
  }
  /** An admission that has learnt that a search takes 5 ms. */
  function learnt(loop: ReturnType<typeof eventLoop>): Admission {
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    for (let i = 0; i < 200; i++) {
      const { end } = admission.begin('search');
      loop.pass(5);
      end();
      loop.look();
    }
    return admission;
  }

  it('takes what came while the service stood still beside what may come in a burst, less as time goes by', () => {
    const loop = eventLoop();
    const still = (afterMs: number): number => {
      const admission = learnt(loop);
      loop.pass(420);
      loop.look(); // 400 ms late
      loop.pass(afterMs);
      return fill(admission);
    };
    const quiet = fill(learnt(loop));
    expect(quiet).toBeGreaterThanOrEqual(29); // 150 ms of 5
    expect(quiet).toBeLessThanOrEqual(31);
    expect(still(0) - quiet).toBe(80); // 400 of 5
    expect(still(1_000) - quiet).toBe(40); // .2 of a millisecond in each
    expect(still(5_000) - quiet).toBe(0);
    const admission = learnt(loop);
    loop.pass(60_000);
    loop.look();
    expect(fill(admission) - quiet).toBe(200); // a second of 5, however long it stood
  });

  it('takes no more for standing still where there was too much to do before', () => {
    const loop = eventLoop();
    const admission = learnt(loop);
    fill(admission);
    for (let i = 0; i < 20; i++) {
      loop.pass(20);
      loop.look();
    }
    loop.pass(420);
    loop.look();
    expect(admission.admits('search')).toBe(false);
  });

  it('does not take a request for dearer because the service stood still while it was there', () => {
    const loop = eventLoop();
    const admission = learnt(loop);
    const quiet = fill(learnt(loop));
    const { end } = admission.begin('search');
    loop.pass(1_005);
    end();
    // a tenth of four times the cost in its place: 6.5 ms, where all of it would be 105
    expect(fill(admission)).toBe(Math.floor(quiet / 1.3));
  });

  it('keeps what is in flight to as much work as may stand before a request, by what its kind has cost', () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    // they learn that a search takes 5 ms, whatever an unknown kind is taken to cost
    for (let i = 0; i < 200; i++) {
      const { end } = admission.begin('search');
      loop.pass(5);
      end();
    }
    const ends: (() => void)[] = [];
    const beginAll = () => {
      for (let i = 0; i < 500; i++) if (admission.admits('search')) ends.push(admission.begin('search').end);
    };
    beginAll();
    expect(ends).toHaveLength(30); // 150 ms of 5 ms
    loop.pass(201);
    for (let i = 0; i < 18; i++) ends[i]();
    // When 15 were done and 15 were not, 201 ms were shared out over the 15, so 13.4 ms each, and a tenth of that was believed: 5 + .84 ms.
    // Load has lasted, so 100 ms may stand; 12 of 5 ms are left, and 6 of 5.84 find room.
    beginAll();
    expect(ends).toHaveLength(36);
    expect(admission.admits('search')).toBe(false);
    for (const end of ends) end();
    for (const end of ends) end();
    expect(admission.admits('search')).toBe(true);
  });

  it('ends a request once, beside others too', () => {
    const admission = createAdmission(eventLoop().clock);
    const [{ end }] = [admission.begin('search'), admission.begin('search')];
    for (let i = 0; i < 2; i++) end();
    expect(admission.figures()).toEqual({ inFlight: 1, waiting: 0, workMs: 2 });
  });

  it('always admits one request, however long it takes', () => {
    const loop = eventLoop();
    const admission = createAdmission({ maxWaitMs: 100, ...loop.clock });
    for (let i = 0; i < 50; i++) {
      expect(admission.admits('slow')).toBe(true);
      const { end } = admission.begin('slow');
      loop.pass(900);
      // what is in flight is taken to cost 2, 2 + .1 * 898 = 91.8, then 172.6 ms and more; a quick one 2, and 100 may stand
      expect(admission.admits('quick')).toBe(i < 2);
      end();
    }
  });
});
