export { restoreSnapshot, takeSnapshot } from '../../search/snapshot.js';
