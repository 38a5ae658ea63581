/** One copy of the package: this is bundled twice. */
export { NodeReactor } from '@triphase/node-reactor';
