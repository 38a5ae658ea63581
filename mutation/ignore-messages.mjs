/** A Stryker plugin: no mutants in the texts of errors, as in `new TypeError('…')`. Tests check the classes and the codes. */
import { PluginKind, declareValuePlugin } from '@stryker-mutator/api/plugin';

const isText = (path) => path.isStringLiteral() || path.isTemplateLiteral();
const isError = (path) => path.isNewExpression() && /Error$/.test(path.node.callee.name ?? '');

const messages = {
  shouldIgnore: (path) => (isText(path) && path.findParent(isError) !== null ? 'the text of an error' : undefined),
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'messages', messages)];
