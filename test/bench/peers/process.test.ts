import { describe, expect, it } from 'vitest';
import { numberOf, type PeerProcess, startPeer } from '../../../bench/peers/process.js';

const node = (program: string) => startPeer(process.execPath, ['-e', program]);

async function running(program: string): Promise<PeerProcess> {
  const peer = await node(program);
  if ('missing' in peer) throw new Error(peer.missing);
  return peer;
}

const echo = `
  console.log(JSON.stringify({ ready: true, version: '1' }));
  let asked = 0;
  require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
    asked += 1;
    console.log(JSON.stringify({ asked, echo: JSON.parse(line) }));
  });`;

describe('startPeer', () => {
  it('starts once and answers line by line', async () => {
    const peer = await running(echo);
    expect(peer.ready).toEqual({ ready: true, version: '1' });
    expect(await peer.ask({ cmd: 'run' })).toEqual({ asked: 1, echo: { cmd: 'run' } });
    expect(await peer.ask({ cmd: 'run', k: 2 })).toEqual({ asked: 2, echo: { cmd: 'run', k: 2 } });
    await peer.close();
  });

  it('a command that is not installed is missing', async () => {
    const command = 'tandem-test-no-such-command';
    expect(await startPeer(command, [])).toEqual({ missing: `${command} is not installed` });
  });

  it('a peer may say itself what it misses', async () => {
    expect(await node(`console.log('{"missing": "python module torch"}')`)).toEqual({ missing: 'python module torch' });
  });

  it('a peer that dies at the start is an error with its last words', async () => {
    const started = node(`console.error('out of luck'); process.exit(3)`);
    await expect(started).rejects.toMatchObject({
      code: 'bench/peer-failed',
      message: expect.stringContaining('out of luck'),
    });
  });

  it('a peer that dies while asked is an error, not a hang', async () => {
    const peer = await running(`console.log('{"ready":true}'); process.stdin.once('data', () => process.exit(1))`);
    await expect(peer.ask({ cmd: 'run' })).rejects.toMatchObject({ code: 'bench/peer-failed' });
  });

  it.each(['nonsense', '[1]', 'null', '7'])('the line %s is no answer', async line => {
    const peer = await running(
      `console.log('{"ready":true}'); process.stdin.once('data', () => console.log('${line}'))`,
    );
    await expect(peer.ask({ cmd: 'run' })).rejects.toMatchObject({ message: expect.stringContaining(line) });
    await peer.close();
  });
});

describe('numberOf', () => {
  it('reads a finite number', () => expect(numberOf({ loss: 2.5 }, 'loss')).toBe(2.5));

  it.each([[{}], [{ loss: '2.5' }], [{ loss: Number.NaN }]])('refuses %j', message => {
    expect(() => numberOf(message, 'loss')).toThrow(expect.objectContaining({ code: 'bench/peer-failed' }));
  });
});
