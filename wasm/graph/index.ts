export { bytesOfBlock, bytesOfChunk, levelOf, shape } from './layout';
export { accepted, input, pool, results, rows, scores, settle } from './thread';
export { encode, multiplyRows, takeQuery } from './codes';
export { search } from './walk';
export { areLinksWithin, connect, linkBack } from './links';
export { approach, keepAccepted, scanAccepted, scanAll, searchAmong } from './among';
