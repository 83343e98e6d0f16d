export { bytesOfBlock, bytesOfChunk, levelOf, shape } from './layout';
export { input, pool, results, rows, scores, settle } from './thread';
export { encode, multiplyRows, takeQuery } from './codes';
export { search } from './walk';
export { areLinksWithin, connect, linkBack } from './links';
