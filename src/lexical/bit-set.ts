export * from '../math/bit-set.js';
