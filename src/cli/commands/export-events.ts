import { streamSchema } from '../../config/redis.js';
import { defineCommand } from '../command.js';
import { path, redisFlag } from '../flags.js';

export const exportEventsCommand = defineCommand({
  name: 'export-events',
  summary: 'Write the events of a stream that a folder has not yet, as files that `tandem prepare --events` reads.',
  example: 'tandem export-events --redis redis://127.0.0.1:6379 --stream tandem:events --events out/events',
  flags: {
    redis: redisFlag,
    stream: { value: 'KEY', help: 'the stream, as `tandem serve --events-stream` names it', schema: streamSchema },
    events: { value: 'FOLDER', help: 'folder of this stream, which the files are added to', schema: path },
  },
  packages: ['ioredis'],
  run: async ({ redis, stream, events: folder }, context) => {
    const { exportEvents } = await import('../../api/events/export-events.js');
    const { events, files, last } = await exportEvents({ redis, stream, folder }, context);
    const upTo = last === undefined ? '' : `, up to ${last}`;
    return {
      json: { events, files, last },
      text: `${events} events in ${files.length} new files of ${folder}${upTo}`,
    };
  },
});
